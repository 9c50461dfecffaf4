import { onScopeDispose, shallowReactive, watch } from 'vue'
import { ask } from '@/api/problem'
import type { Photo } from '@/api/types'
import { useServices } from '@/services'
import { useUploads } from '@/upload/queue'

const SHOWN = 60 // the newest; the timeline has all
const GATHER_MS = 300

/** The photos that came of this page's uploads, newest first; each is asked for again when something is found in it. */
export function useArrivals(): { photos: Photo[] } {
  const { api, feed } = useServices()
  const uploads = useUploads()
  const photos = shallowReactive<Photo[]>([])
  const wanted = new Set<string>()
  let timer = 0

  function want(photoIds: Iterable<string>): void {
    for (const photoId of photoIds) wanted.add(photoId)
    if (wanted.size) timer ||= window.setTimeout(() => void load(), GATHER_MS)
  }

  async function load(): Promise<void> {
    timer = 0
    const photoIds = [...wanted].slice(-500)
    wanted.clear()
    const answer = await ask(api.POST('/v1/photos:batchGet', { body: { photoIds } })).catch(() => undefined)
    for (const photo of answer?.photos ?? []) {
      const at = photos.findIndex((each) => each.photoId === photo.photoId)
      if (at >= 0) photos[at] = photo
      else photos.unshift(photo)
    }
    photos.splice(SHOWN)
  }

  watch(
    () => uploads.ended,
    () => {
      const shown = new Set(photos.map((photo) => photo.photoId))
      const arrived = uploads.items.flatMap(({ state, photoId }) => (photoId && state !== 'there' ? [photoId] : []))
      want(arrived.slice(-SHOWN).filter((photoId) => !shown.has(photoId)))
    },
    { immediate: true },
  )
  const stop = feed.listen((events) => {
    const shown = new Set(photos.map((photo) => photo.photoId))
    want(events.flatMap(({ photoId }) => (photoId && shown.has(photoId) ? [photoId] : [])))
  })
  onScopeDispose(() => {
    stop()
    clearTimeout(timer)
  })
  return { photos }
}
