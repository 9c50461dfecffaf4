import { mediaUrl } from '@/api/media'
import { Problem, problemOf } from '@/api/problem'

const MOST = 500 // in one zip
const APART_MS = 1000 // a browser takes several downloads at once for one

interface Named {
  id: string
  fileName: string
}

/** Save the file of one photo as it was uploaded. */
export function saveOne(photo: Named): void {
  save(mediaUrl(photo.id, 'original'), photo.fileName)
}

/**
 * Save the files of many photos as one zip for each 500. The bridge packs them while the browser saves, which shows how far
 * it is; nothing is kept in memory. Throws a Problem if they cannot be had, before anything is saved.
 */
export async function saveZip(photos: readonly Named[], begun: (count: number) => void): Promise<void> {
  for (let at = 0; at < photos.length; at += MOST) {
    const ids = photos.slice(at, at + MOST).map(({ id }): [string, string] => ['photoIds', id])
    const address = `/v1/photos:download?${new URLSearchParams(ids)}`
    await check(address)
    if (at) await new Promise((resolve) => setTimeout(resolve, APART_MS))
    save(address, '')
  }
  begun(photos.length)
}

/** A download that fails says nothing of why: so the same is asked for without its bytes, and with them where that fails. */
async function check(address: string): Promise<void> {
  const asked = await fetch(address, { method: 'HEAD' }).catch(() => {
    throw new Problem(0, 'OFFLINE', 'no answer came')
  })
  if (asked.ok) return
  const said: unknown = await fetch(address).then(
    (response) => (response.ok ? undefined : response.json()),
    () => undefined,
  )
  throw problemOf(asked.status, said)
}

function save(address: string, name: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
}
