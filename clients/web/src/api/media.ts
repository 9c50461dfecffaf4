export type MediaVariant = 'thumbnail' | 'preview' | 'original'

/** The address of a picture on the bridge; the session's cookie opens it, and the browser may keep what it serves. */
export function mediaUrl(photoId: string, variant: MediaVariant): string {
  return `/v1/photos/${encodeURIComponent(photoId)}/media/${variant}`
}

/** Originals that browsers can show; of others there is the preview. */
export const SHOWN_BY_BROWSERS: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/avif',
])
