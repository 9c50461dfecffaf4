const MOST_BYTES = 3 * 2 ** 20 // the library takes no bigger picture to search with
const SIDE_PX = 768 // models look at less; small enough for a page's own store
const PREFIX = 'tintype.picture.'

/** A picture to search with, as the page keeps it. */
export interface Picture {
  base64: string
  /** What an <img> can show; empty if the browser cannot decode it. */
  preview: string
}

const waiting = new Map<string, File>()

/** Remember a file to search with; the key stands in the address. */
export function keepPicture(file: File): string {
  const key = `${Date.now().toString(36)}${waiting.size}`
  waiting.set(key, file)
  return key
}

/** The picture of a key; undefined if this tab does not have it (any more). */
export async function pictureOf(key: string): Promise<Picture | undefined> {
  const kept = sessionStorage.getItem(PREFIX + key)
  if (kept) return { preview: kept, base64: kept.slice(kept.indexOf(',') + 1) }
  const file = waiting.get(key)
  if (!file) return undefined
  const shown = await reduced(file).catch(() => undefined)
  const data = shown ?? (file.size <= MOST_BYTES ? await dataOf(file) : undefined)
  if (!data) return undefined
  if (shown) keep(key, shown)
  return { preview: shown ?? '', base64: data.slice(data.indexOf(',') + 1) }
}

function keep(key: string, data: string): void {
  try {
    sessionStorage.setItem(PREFIX + key, data)
  } catch {
    // The store is full: the picture stays with this page only.
  }
}

async function reduced(file: File): Promise<string> {
  const bitmap = await createImageBitmap(file)
  const scale = Math.min(1, SIDE_PX / Math.max(bitmap.width, bitmap.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(bitmap.width * scale))
  canvas.height = Math.max(1, Math.round(bitmap.height * scale))
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  return canvas.toDataURL('image/jpeg', 0.9)
}

function dataOf(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error ?? new Error('the file cannot be read'))
    reader.readAsDataURL(file)
  })
}
