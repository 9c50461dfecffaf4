const SHARED = 'tintype-shared' // as in sw.js

/** The pictures that other apps shared with the gallery; they are handed out once. */
export async function takeShared(): Promise<File[]> {
  if (!('caches' in window)) return []
  const cache = await caches.open(SHARED)
  const files: File[] = []
  for (const request of await cache.keys()) {
    const response = await cache.match(request)
    if (response) files.push(await fileOf(response))
    await cache.delete(request)
  }
  return files
}

async function fileOf(response: Response): Promise<File> {
  const type = response.headers.get('Content-Type') ?? ''
  const name = decodeURIComponent(response.headers.get('X-File-Name') ?? '')
  return new File([await response.blob()], name, { type })
}
