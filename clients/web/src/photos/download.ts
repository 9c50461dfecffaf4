import { mediaUrl } from '@/api/media'
import { Problem, problemOf } from '@/api/problem'

const MOST = 500 // in one zip
const APART_MS = 1000 // a browser takes several downloads at once for one

interface Named {
  id: string
  fileName: string
}

/** Save the file of one photo as it was uploaded. Throws a Problem if it cannot be had, before anything is saved. */
export async function saveOne(photo: Named): Promise<void> {
  const address = mediaUrl(photo.id, 'original')
  if (await isThere(address)) save(address, photo.fileName)
  else saveElsewhere(address)
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

/**
 * Whether a file can be had, by its first byte. Where it lies in an object store, browsers follow to another origin, and what
 * the store says instead of a file would take the place of this page. False if the store does not tell this page.
 */
async function isThere(address: string): Promise<boolean> {
  const begin = { headers: { Range: 'bytes=0-0' }, cache: 'no-store' } as const
  const first = await fetch(address, begin).catch(() => undefined)
  if (first?.ok) return true
  if (first?.redirected) throw new Problem(first.status, 'STORE_REFUSED', 'the store does not give the file')
  await check(address) // of the library alone: it is never redirected
  return false
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

/** In a page of its own, which goes away where a file comes. */
function saveElsewhere(address: string): void {
  const link = document.createElement('a')
  link.href = address
  link.target = '_blank'
  link.rel = 'noopener'
  link.click()
}

function save(address: string, name: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
}
