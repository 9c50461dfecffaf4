import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { ask } from '@/api/problem'
import type { Photo, PhotoEdit } from '@/api/types'
import { saveOne, saveZip } from '@/photos/download'
import type { GridPhoto } from '@/photos/gridPhoto'
import { useServices } from '@/services'
import { useProblemText } from '@/ui/problemText'

/** What can be done with photos, each with its message, and a way back where there is one. */
export interface Actions {
  edit(photoIds: readonly string[], edit: PhotoEdit): Promise<void>
  favourite(photoIds: readonly string[], on: boolean): Promise<void>
  archive(photoIds: readonly string[], on: boolean): Promise<void>
  trash(photoIds: readonly string[]): Promise<void>
  restore(photoIds: readonly string[]): Promise<void>
  addToAlbum(album: { albumId: string; title: string }, photoIds: readonly string[]): Promise<void>
  download(photos: readonly Pick<GridPhoto, 'id' | 'fileName'>[]): Promise<void>
}

const MOST = 500 // in one call

interface Outcome {
  photos?: readonly Photo[]
  failures?: readonly unknown[]
}

export function useActions(): Actions {
  const { api, library, toasts } = useServices()
  const { t } = useI18n()
  const router = useRouter()
  const text = useProblemText()

  /** Call in batches, show the new photos, say what failed. Returns how many went well. */
  async function each(photoIds: readonly string[], call: (photoIds: string[]) => Promise<Outcome>): Promise<number> {
    let [well, badly] = [0, 0]
    for (let at = 0; at < photoIds.length; at += MOST) {
      const { photos = [], failures = [] } = await call(photoIds.slice(at, at + MOST))
      library.publish({ photos })
      well += photos.length
      badly += failures.length
    }
    if (badly) toasts.error(t('photos.someFailed', badly))
    return well
  }

  async function told(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (cause) {
      toasts.error(text(cause))
    }
  }

  async function batchEdit(photoIds: readonly string[], edit: PhotoEdit): Promise<number> {
    return each(photoIds, (ids) => ask(api.POST('/v1/photos:batchUpdate', { body: { photoIds: ids, edit } })))
  }

  const undo = (run: () => void): { label: string; run: () => void } => ({ label: t('ui.undo'), run })

  const actions: Actions = {
    edit: (photoIds, edit) =>
      told(async () => {
        const done = await batchEdit(photoIds, edit)
        if (done) toasts.note(t('photos.edited', done))
      }),
    favourite: (photoIds, on) => told(async () => void (await batchEdit(photoIds, { favourite: on }))),
    archive: (photoIds, on) =>
      told(async () => {
        const done = await batchEdit(photoIds, { archived: on })
        const back = undo(() => void actions.archive(photoIds, !on))
        if (done) toasts.note(t(on ? 'photos.archived' : 'photos.unarchived', done), back)
      }),
    trash: (photoIds) =>
      told(async () => {
        const done = await each(photoIds, (ids) => ask(api.POST('/v1/photos:batchTrash', { body: { photoIds: ids } })))
        if (done)
          toasts.note(
            t('photos.trashed', done),
            undo(() => void actions.restore(photoIds)),
          )
      }),
    restore: (photoIds) =>
      told(async () => {
        const restore = (ids: string[]) => ask(api.POST('/v1/photos:batchRestore', { body: { photoIds: ids } }))
        const done = await each(photoIds, restore)
        if (done) toasts.note(t('photos.restored', done))
      }),
    addToAlbum: ({ albumId, title }, photoIds) =>
      told(async () => {
        const params = { path: { album_id: albumId } }
        const done = await each(photoIds, async (ids) => {
          const call = api.POST('/v1/albums/{album_id}:batchAdd', { params, body: { photoIds: ids } })
          const { failures = [] } = await ask(call)
          return { failures, photos: [] }
        })
        const see = { label: t('photos.seeAlbum'), run: () => void router.push(`/albums/${albumId}`) }
        toasts.note(t('photos.added', { n: photoIds.length - done, title }, photoIds.length), see)
      }),
    download: (photos) =>
      told(async () => {
        const [only] = photos
        if (photos.length === 1 && only) saveOne(only)
        else await saveZip(photos, (done) => toasts.note(t('photos.zipped', done)))
      }),
  }
  return actions
}
