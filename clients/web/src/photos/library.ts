import type { Api } from '@/api/client'
import { ask } from '@/api/problem'
import type { LibraryEvent, Photo } from '@/api/types'
import type { Feed } from '@/feed/feed'

/** Photos as they are now, and those that are gone for good. */
export interface Change {
  photos: readonly Photo[]
  goneIds: readonly string[]
}

export interface Library {
  /** Hear of every change, whoever made it; returns what ends it. */
  onChange(listener: (change: Change) => void): () => void
  /** Hear that changes may have been missed: what was loaded has to be asked for again. */
  onGap(listener: () => void): () => void
  /** Say what a call has just changed, so that the page need not wait for the event. */
  publish(change: Partial<Change>): void
}

const MOST_IN_BATCH = 500

/** Turns the events of the library into the photos that they are about. */
export function createLibrary(api: Api, feed: Feed): Library {
  const listeners = new Set<(change: Change) => void>()

  function publish({ photos = [], goneIds = [] }: Partial<Change>): void {
    for (const listener of listeners) listener({ photos, goneIds })
  }

  async function fetchAll(photoIds: readonly string[]): Promise<void> {
    for (let at = 0; at < photoIds.length; at += MOST_IN_BATCH) {
      const body = { photoIds: photoIds.slice(at, at + MOST_IN_BATCH) }
      const { photos = [], missingIds = [] } = await ask(api.POST('/v1/photos:batchGet', { body }))
      publish({ photos, goneIds: missingIds })
    }
  }

  feed.listen((events) => {
    if (!listeners.size) return
    const gone = new Set(events.filter(isDeletion).map((event) => event.photoId ?? ''))
    const changed = new Set(events.map((event) => event.photoId ?? '').filter((id) => id && !gone.has(id)))
    if (gone.size) publish({ goneIds: [...gone] })
    // A failure leaves the page as it was; the next event or a reload mends it.
    void fetchAll([...changed]).catch(() => undefined)
  })

  return {
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onGap: (listener) => feed.onGap(listener),
    publish,
  }
}

function isDeletion(event: LibraryEvent): boolean {
  return event.kind === 'LIBRARY_EVENT_KIND_PHOTO_DELETED'
}
