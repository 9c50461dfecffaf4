import { mediaUrl } from '@/api/media'
import { problemOf } from '@/api/problem'

interface Named {
  id: string
  fileName: string
}

/** Save the file of one photo as it was uploaded. */
export function saveOne(photo: Named): void {
  save(mediaUrl(photo.id, 'original'), photo.fileName)
}

/**
 * Save the files of many photos as one zip, not compressed again. They stream through one after the other; the browser
 * keeps what is finished on disk.
 */
export async function saveZip(photos: readonly Named[], done: (count: number) => void): Promise<void> {
  const { downloadZip } = await import('client-zip')
  const blob = await downloadZip(files(photos)).blob()
  const address = URL.createObjectURL(blob)
  save(address, `tintype-${new Date().toISOString().slice(0, 10)}.zip`)
  setTimeout(() => URL.revokeObjectURL(address), 60_000) // the browser may still be copying it
  done(photos.length)
}

async function* files(photos: readonly Named[]): AsyncGenerator<{ name: string; input: Response }> {
  const names = uniqueNames(photos.map((photo) => photo.fileName || photo.id))
  for (const [i, photo] of photos.entries()) {
    const input = await fetch(mediaUrl(photo.id, 'original'))
    if (!input.ok) throw problemOf(input.status, await input.json().catch(() => undefined))
    yield { name: names[i] ?? photo.id, input }
  }
}

/** Two files of one name would be one in most programs: the second becomes `name (2).jpg`. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    const dot = name.lastIndexOf('.')
    const [stem, end] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
    let free = name
    for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${stem} (${n})${end}`
    taken.add(free.toLowerCase())
    return free
  })
}

function save(address: string, name: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
}
