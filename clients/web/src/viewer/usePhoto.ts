import { onBeforeUnmount, shallowRef, type ShallowRef } from 'vue'
import { ask } from '@/api/problem'
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
  const params = { path: { photo_id: photoId } }

  function take(changed: Photo): void {
    show(changed)
    library.publish({ photos: [changed] })
  }

  /** A change leaves out the text that was found: what is known of it stays, until it was read anew. */
  function show(changed: Photo): void {
    const before = photo.value
    photo.value = { ...changed, foundText: before?.foundText ?? [] }
    // If that fails there is the text of before, and the next change asks again.
    if (before && textTime(changed) !== textTime(before)) void refresh().catch(() => undefined)
  }

  async function refresh(): Promise<void> {
    const query = { foundText: true }
    photo.value = await ask(api.GET('/v1/photos/{photo_id}', { params: { ...params, query } }))
  }

  async function load(): Promise<void> {
    error.value = undefined
    try {
      await refresh()
    } catch (cause) {
      error.value = cause
    }
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
    change: (change) =>
      told(() => {
        const query = { etag: photo.value?.etag }
        // The contract's null, back to what the file says, is none of the generated type.
        const body = change as Photo
        return ask(api.PATCH('/v1/photos/{photo_id}', { params: { ...params, query }, body }))
      }),
    retry: async () =>
      void (await told(() => ask(api.POST('/v1/photos/{photo_id}:retry', { params, body: { stages: [] } })))),
  }
}

/** When the text in the picture was read; empty until it was. */
function textTime(photo: Photo): string {
  return photo.stages?.find((each) => each.stage === 'STAGE_TEXT')?.endTime ?? ''
}
