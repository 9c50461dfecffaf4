import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** The way to the library as a line that can be cut: what goes over it is refused then, as without a network. */
export interface Line {
  url: string
  cut(): void
  mend(): void
  close(): Promise<void>
}

export async function lineTo(url: string): Promise<Line> {
  const { hostname, port } = new URL(url)
  const open = new Set<Socket>()
  let whole = true
  const server = createServer((near) => {
    if (!whole) return void near.resetAndDestroy()
    const far = connect(Number(port), hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const drop = (): void => open.forEach((socket) => socket.destroy())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      whole = false
      drop()
    },
    mend() {
      whole = true
    },
    async close() {
      drop()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
