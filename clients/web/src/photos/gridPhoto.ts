import type { Photo } from '@/api/types'

/** What a grid keeps of a photo: little, for it keeps many. */
export interface GridPhoto {
  id: string
  ratio: number
  width: number
  height: number
  /** ThumbHash in base64; empty until the thumbnail is made. */
  thumbhash: string
  fileName: string
  title: string
  mediaType: string
  /** What a clock on the wall showed, ISO 8601 without an offset. */
  localTime: string
  /** The moment, for the order. */
  instant: string
  favourite: boolean
  archived: boolean
  trashed: boolean
  processing: boolean
  broken: boolean
}

export function toGridPhoto(photo: Photo): GridPhoto {
  const width = photo.widthPx ?? 0
  const height = photo.heightPx ?? 0
  return {
    id: photo.photoId ?? '',
    ratio: width && height ? width / height : 1,
    width,
    height,
    thumbhash: photo.thumbhash ?? '',
    fileName: photo.fileName ?? '',
    title: photo.title ?? '',
    mediaType: photo.mediaType ?? '',
    localTime: photo.captureTime?.localTime ?? '',
    instant: photo.captureTime?.instant ?? photo.uploadTime ?? '',
    favourite: photo.favourite ?? false,
    archived: photo.archived ?? false,
    trashed: Boolean(photo.trashTime),
    processing: photo.state === 'PHOTO_STATE_PROCESSING',
    broken: photo.state === 'PHOTO_STATE_FAILED' || Boolean(photo.corruptTime),
  }
}

/** The month of a photo as the timeline names it, such as 2023-07-01. */
export function monthOf(photo: GridPhoto): string {
  return `${(photo.localTime || photo.instant).slice(0, 7)}-01`
}

/** The day of a photo by the clock on the wall, such as 2023-07-14. */
export function dayOf(photo: GridPhoto): string {
  return (photo.localTime || photo.instant).slice(0, 10)
}

/** Newest first; of one moment by id, as the contract orders them. */
export function newestFirst(a: GridPhoto, b: GridPhoto): number {
  const moments = Date.parse(b.instant) - Date.parse(a.instant)
  return moments || (a.id < b.id ? -1 : 1)
}

/** A day, such as 2023-07-14, as `wallDate` has it. */
export function wallDay(day: string): Date {
  return wallDate(`${day}T00:00:00`)
}

/** A wall-clock time as a Date whose UTC fields are those of the wall: format it with the time zone UTC. */
export function wallDate(localTime: string): Date {
  return new Date(`${localTime.slice(0, 19)}Z`)
}
