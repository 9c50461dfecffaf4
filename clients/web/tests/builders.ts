import type { Photo } from '@/api/types'

/** A photo of the contract; a test sets what it is about. */
export function makePhoto(photoId: string, localTime: string, more: Partial<Photo> = {}): Photo {
  const captureTime = { localTime, instant: `${localTime}Z` }
  return { photoId, fileName: `${photoId}.jpg`, widthPx: 300, heightPx: 200, captureTime, thumbhash: 'AA', ...more }
}
