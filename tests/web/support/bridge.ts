import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Stage } from './stage.ts'

const READY_MS = 30_000

/** A bridge more before the library of the stage, with settings of its own; it ends with the test's process at the latest. */
export interface Bridge {
  url: string
  stop(): Promise<void>
}

export async function bridgeMore(stage: Stage, folder: string, settings: Record<string, string> = {}): Promise<Bridge> {
  const ready = path.join(folder, `bridge-${Date.now()}.json`)
  const all = {
    LISTEN: '127.0.0.1:0',
    HOST: stage.library,
    HOST_HTTP: stage.libraryHttp,
    GALLERY: stage.gallery,
    ENDS_WITH_STDIN: 'true',
    READY_FILE: ready,
    LINGER: '1ms',
    ...settings,
  }
  const set = Object.fromEntries(Object.entries(all).map(([name, value]) => [`TINTYPE_GATEWAY_${name}`, value]))
  const child = spawn(stage.binary, [], { env: { ...process.env, ...set }, stdio: ['pipe', 'ignore', 'ignore'] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  for (const deadline = Date.now() + READY_MS; !existsSync(ready); await wait(20)) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('the bridge did not start')
  }
  const { address } = JSON.parse(readFileSync(ready, 'utf8')) as { address: string }
  return {
    url: address,
    async stop() {
      child.stdin.end()
      await ended
    },
  }
}
