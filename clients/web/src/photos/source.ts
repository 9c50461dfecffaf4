import type { ShallowRef } from 'vue'
import type { GridPhoto } from '@/photos/gridPhoto'

/** A run of photos under one heading. */
export interface Section {
  key: string
  /** Its heading; empty for none. */
  title: string
  /** How many photos it holds, loaded or not. */
  count: number
  /** The first of them, as far as they are loaded. A change replaces the array. */
  photos: readonly GridPhoto[]
}

/**
 * The photos that a grid shows and the viewer walks through, however they are found and whenever they are loaded.
 * Sections are replaced when they change, never altered.
 */
export interface PhotoSource {
  readonly sections: Readonly<ShallowRef<readonly Section[]>>
  readonly state: Readonly<ShallowRef<'loading' | 'ready' | 'failed'>>
  /** Why it failed. */
  readonly error: Readonly<ShallowRef<unknown>>
  /** Load all photos of a section; resolves at once if they are there, rejects with a Problem. */
  load(key: string): Promise<void>
  /** Load more sections or photos behind the last; only where not all is known from the start. */
  more?: () => Promise<void>
  /** Load the section that a photo is in; only where sections are known before their photos. */
  locate?: (photo: GridPhoto) => Promise<void>
  /** Ask for everything again. */
  reload(): Promise<void>
}

export interface Position {
  section: number
  index: number
}

/** The running number of the first photo of each section, and after the last the number of all photos. */
export function offsets(sections: readonly Section[]): number[] {
  const starts = [0]
  for (const section of sections) starts.push((starts.at(-1) ?? 0) + section.count)
  return starts
}

export function photoAt(sections: readonly Section[], at: number): GridPhoto | undefined {
  let first = 0
  for (const section of sections) {
    if (at < first + section.count) return section.photos[at - first]
    first += section.count
  }
  return undefined
}

/** The running number of a photo; -1 if it is not loaded. */
export function numberOf(sections: readonly Section[], photoId: string): number {
  let first = 0
  for (const section of sections) {
    const index = section.photos.findIndex((photo) => photo.id === photoId)
    if (index >= 0) return first + index
    first += section.count
  }
  return -1
}

/** Load whatever lies between two running numbers, and return those photos in order. */
export async function photosBetween(source: PhotoSource, from: number, to: number): Promise<GridPhoto[]> {
  const starts = offsets(source.sections.value)
  const touched = source.sections.value.filter((_, i) => (starts[i + 1] ?? 0) > from && (starts[i] ?? 0) <= to)
  const keys = touched.map((section) => section.key)
  await Promise.all(keys.map((key) => source.load(key)))
  const found: GridPhoto[] = []
  source.sections.value.forEach((section, i) => {
    if (!keys.includes(section.key)) return
    const first = starts[i] ?? 0
    found.push(...section.photos.slice(Math.max(0, from - first), to - first + 1))
  })
  return found
}
