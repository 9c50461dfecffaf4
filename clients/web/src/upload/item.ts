import { reactive, shallowReactive } from 'vue'
import type { Problem } from '@/api/problem'

/** How far a file is; the last four are ends. */
export type UploadState = 'waiting' | 'checking' | 'sending' | UploadEnd
export type UploadEnd = (typeof ENDS)[number]
export const ENDS = ['new', 'there', 'restored', 'refused'] as const

export interface UploadItem {
  readonly id: number
  readonly file: File
  state: UploadState
  sentBytes: number
  /** Why it was refused. */
  problem?: Problem
  photoId?: string
}

export const newItem = (id: number, file: File): UploadItem =>
  shallowReactive<UploadItem>({ id, file, state: 'waiting', sentBytes: 0 })

export function hasEnded(item: UploadItem): boolean {
  return ENDS.includes(item.state as UploadEnd)
}

/** Sums over all files, kept as they move: there may be thousands. */
export interface Tally extends Record<UploadEnd, number> {
  bytes: number
  sentBytes: number
}

export const newTally = (): Tally => reactive({ bytes: 0, sentBytes: 0, new: 0, there: 0, restored: 0, refused: 0 })

export function recount(sums: Tally, items: readonly UploadItem[]): void {
  Object.assign(sums, { bytes: 0, sentBytes: 0, new: 0, there: 0, restored: 0, refused: 0 })
  for (const item of items) {
    sums.bytes += item.file.size
    sums.sentBytes += item.sentBytes
    if (hasEnded(item)) sums[item.state as UploadEnd]++
  }
}
