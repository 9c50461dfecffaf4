import { onBeforeUnmount, shallowRef, type ShallowRef } from 'vue'
import type { Api } from '@/api/client'
import { ask, Problem } from '@/api/problem'
import type { Photo } from '@/api/types'
import { useServices } from '@/services'
import { useProblemText } from '@/ui/problemText'

/** What of a photo its owner sets. */
export type PhotoValues = Pick<Photo, 'title' | 'description' | 'rating' | 'captureTime' | 'location' | 'tags'>

/** A value, or null to return to what the file says. */
export type PhotoChange = { [K in keyof PhotoValues]?: PhotoValues[K] | null }

export interface OpenPhoto {
  photo: ShallowRef<Photo | undefined>
  error: ShallowRef<unknown>
  load(): Promise<void>
  /** Change what is named; the server refuses if it was changed elsewhere meanwhile. Returns whether it worked. */
  change(change: PhotoChange): Promise<boolean>
  retry(): Promise<void>
}

/** One photo with all its details, kept up with what happens to it. */
export function usePhoto(photoId: string): OpenPhoto {
  const { api, library, toasts } = useServices()
  const text = useProblemText()
  const photo = shallowRef<Photo>()
  const error = shallowRef<unknown>()
  const calls = callsOf(api, photoId)
  let changes = 0

  function take(changed: Photo): void {
    show(changed)
    library.publish({ photos: [changed] })
  }

  /** A change leaves out the text that was found: what is known of it stays, until it was read anew. */
  function show(changed: Photo): void {
    const before = photo.value
    changes += 1
    photo.value = { ...changed, foundText: before?.foundText ?? [] }
    // If that fails there is the text of before, and the next change asks again.
    if (before && textTime(changed) !== textTime(before)) void refresh().catch(() => undefined)
  }

  async function refresh(): Promise<void> {
    let asked: number, answer: Photo
    do {
      asked = changes
      answer = await calls.get()
    } while (asked !== changes) // what was heard of meanwhile may be newer than the answer
    photo.value = answer
  }

  async function load(): Promise<void> {
    error.value = undefined
    await refresh().catch((cause: unknown) => (error.value = cause))
  }

  async function told(work: () => Promise<Photo>): Promise<boolean> {
    try {
      take(await work())
      return true
    } catch (cause) {
      toasts.error(text(cause))
      await load()
      return false
    }
  }

  onBeforeUnmount(library.onChange(({ photos }) => photos.filter((each) => each.photoId === photoId).forEach(show)))

  return {
    photo,
    error,
    load,
    change: (change) => told(() => changed(calls, change, photo.value)),
    retry: async () => void (await told(calls.retry)),
  }
}

interface Calls {
  get(): Promise<Photo>
  patch(etag: string | undefined, change: PhotoChange): Promise<Photo>
  retry(): Promise<Photo>
}

function callsOf(api: Api, photoId: string): Calls {
  const path = { photo_id: photoId }
  return {
    get: () => ask(api.GET('/v1/photos/{photo_id}', { params: { path, query: { foundText: true } } })),
    // The contract's null, back to what the file says, is none of the generated type.
    patch: (etag, change) =>
      ask(api.PATCH('/v1/photos/{photo_id}', { params: { path, query: { etag } }, body: change as Photo })),
    retry: () => ask(api.POST('/v1/photos/{photo_id}:retry', { params: { path }, body: { stages: [] } })),
  }
}

/** Where only other values were changed meanwhile, as by a model that has looked at the photo, it is asked again. */
async function changed(calls: Calls, change: PhotoChange, seen?: Photo): Promise<Photo> {
  try {
    return await calls.patch(seen?.etag, change)
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.status !== 412) throw cause
    const now = await calls.get()
    if (!sameValues(change, seen, now)) throw cause
    return calls.patch(now.etag, change)
  }
}

/** Whether what is to be changed is as it was seen. */
function sameValues(change: PhotoChange, seen?: Photo, now?: Photo): boolean {
  const names = Object.keys(change) as (keyof PhotoValues)[]
  return names.every((name) => JSON.stringify(seen?.[name]) === JSON.stringify(now?.[name]))
}

/** When the text in the picture was read; empty until it was. */
function textTime(photo: Photo): string {
  return photo.stages?.find((each) => each.stage === 'STAGE_TEXT')?.endTime ?? ''
}
