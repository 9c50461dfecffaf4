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

type Call = (photoIds: string[]) => Promise<Outcome>

/** Calls in batches, shows the new photos, says what failed; returns how many went well. */
function useBatches(): (photoIds: readonly string[], call: Call) => Promise<number> {
  const { library, toasts } = useServices()
  const { t } = useI18n()
  return async (photoIds, call) => {
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
}

/** Does something, and says why if it fails. */
function useTold(): (work: () => Promise<void>) => Promise<void> {
  const { toasts } = useServices()
  const text = useProblemText()
  return (work) => work().catch((cause: unknown) => toasts.error(text(cause)))
}

export function useActions(): Actions {
  return { ...useMarking(), ...useTrash(), ...useTaking() }
}

function useMarking(): Pick<Actions, 'edit' | 'favourite' | 'archive'> {
  const { api, toasts } = useServices()
  const { t } = useI18n()
  const [each, told] = [useBatches(), useTold()]
  const change = (photoIds: readonly string[], edit: PhotoEdit): Promise<number> =>
    each(photoIds, (ids) => ask(api.POST('/v1/photos:batchUpdate', { body: { photoIds: ids, edit } })))

  async function archive(photoIds: readonly string[], on: boolean): Promise<void> {
    const done = await change(photoIds, { archived: on })
    const undo = { label: t('ui.undo'), run: () => void told(() => archive(photoIds, !on)) }
    if (done) toasts.note(t(on ? 'photos.archived' : 'photos.unarchived', done), undo)
  }

  return {
    edit: (photoIds, edit) =>
      told(async () => {
        const done = await change(photoIds, edit)
        if (done) toasts.note(t('photos.edited', done))
      }),
    favourite: (photoIds, on) => told(async () => void (await change(photoIds, { favourite: on }))),
    archive: (photoIds, on) => told(() => archive(photoIds, on)),
  }
}

function useTrash(): Pick<Actions, 'trash' | 'restore'> {
  const { api, toasts } = useServices()
  const { t } = useI18n()
  const [each, told] = [useBatches(), useTold()]

  const restore = (photoIds: readonly string[]): Promise<void> =>
    told(async () => {
      const call: Call = (ids) => ask(api.POST('/v1/photos:batchRestore', { body: { photoIds: ids } }))
      const done = await each(photoIds, call)
      if (done) toasts.note(t('photos.restored', done))
    })

  const trash = (photoIds: readonly string[]): Promise<void> =>
    told(async () => {
      const done = await each(photoIds, (ids) => ask(api.POST('/v1/photos:batchTrash', { body: { photoIds: ids } })))
      const undo = { label: t('ui.undo'), run: () => void restore(photoIds) }
      if (done) toasts.note(t('photos.trashed', done), undo)
    })
  return { trash, restore }
}

function useTaking(): Pick<Actions, 'addToAlbum' | 'download'> {
  const { api, toasts } = useServices()
  const { t } = useI18n()
  const router = useRouter()
  const [each, told] = [useBatches(), useTold()]
  return {
    addToAlbum: ({ albumId, title }, photoIds) =>
      told(async () => {
        const params = { path: { album_id: albumId } }
        await each(photoIds, async (ids) => {
          const call = api.POST('/v1/albums/{album_id}:batchAdd', { params, body: { photoIds: ids } })
          return { failures: (await ask(call)).failures ?? [] }
        })
        const see = { label: t('photos.seeAlbum'), run: () => void router.push(`/albums/${albumId}`) }
        toasts.note(t('photos.added', { n: photoIds.length, title }, photoIds.length), see)
      }),
    download: (photos) =>
      told(async () => {
        const [only] = photos
        if (photos.length === 1 && only) await saveOne(only)
        else await saveZip(photos, (count) => toasts.note(t('photos.zipped', count)))
      }),
  }
}
