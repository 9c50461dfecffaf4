import { computed, shallowReactive, shallowRef, type ComputedRef } from 'vue'
import { toGridPhoto, type GridPhoto } from '@/photos/gridPhoto'
import type { Change } from '@/photos/library'
import { photosBetween, type PhotoSource } from '@/photos/source'

/** Which photos are chosen; they stay so while the grid forgets what is far away. */
export interface Selection {
  readonly photos: ComputedRef<readonly GridPhoto[]>
  readonly count: ComputedRef<number>
  /** While some are chosen a click chooses more instead of opening. */
  readonly active: ComputedRef<boolean>
  has(photoId: string): boolean
  /** Choose a photo or let it go; ranges begin at it. `at` is its running number. */
  toggle(photo: GridPhoto, at: number): void
  /** Choose all from where the last one was toggled up to this one, loading what lies between. */
  extendTo(at: number): Promise<void>
  add(photos: Iterable<GridPhoto>): void
  clear(): void
  /** Take in what changed elsewhere; hand it to `library.onChange`. */
  apply(change: Change): void
}

export function createSelection(source: PhotoSource): Selection {
  const chosen = shallowReactive(new Map<string, GridPhoto>())
  const anchor = shallowRef(-1)
  const count = computed(() => chosen.size)

  function add(photos: Iterable<GridPhoto>): void {
    for (const photo of photos) chosen.set(photo.id, photo)
  }

  return {
    photos: computed(() => [...chosen.values()]),
    count,
    active: computed(() => chosen.size > 0),
    has: (photoId) => chosen.has(photoId),
    toggle(photo, at) {
      if (!chosen.delete(photo.id)) chosen.set(photo.id, photo)
      anchor.value = at
    },
    async extendTo(at) {
      const from = anchor.value < 0 ? at : anchor.value
      add(await photosBetween(source, Math.min(from, at), Math.max(from, at)))
    },
    add,
    clear() {
      chosen.clear()
      anchor.value = -1
    },
    apply({ photos, goneIds }) {
      for (const id of goneIds) chosen.delete(id)
      for (const photo of photos.map(toGridPhoto)) if (chosen.has(photo.id)) chosen.set(photo.id, photo)
    },
  }
}
