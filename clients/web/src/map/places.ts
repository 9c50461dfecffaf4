import { onScopeDispose, shallowRef, triggerRef, type ShallowRef } from 'vue'
import type { Api } from '@/api/client'
import { ask } from '@/api/problem'
import type { Photo } from '@/api/types'
import { toGridPhoto, type GridPhoto } from '@/photos/gridPhoto'
import { useServices } from '@/services'

/** A photo and where it was taken. */
export interface Placed {
  photo: GridPhoto
  latitude: number
  longitude: number
}

export interface Places {
  all: Readonly<ShallowRef<ReadonlyMap<string, Placed>>>
  state: Readonly<ShallowRef<'loading' | 'ready' | 'failed'>>
  error: Readonly<ShallowRef<unknown>>
  reload(): Promise<void>
}

const PAGE = 500
// The whole earth around a point: only photos with a place are within it.
const ANYWHERE = { 'filter.near.latitudeDeg': 0, 'filter.near.longitudeDeg': 0, 'filter.near.radiusKm': 20_000 }

function placed(photo: Photo): Placed | undefined {
  const at = photo.location
  if (at?.latitudeDeg === undefined || at.longitudeDeg === undefined) return undefined
  return { photo: toGridPhoto(photo), latitude: at.latitudeDeg, longitude: at.longitudeDeg }
}

async function eachPage(api: Api, take: (photos: readonly Photo[]) => boolean): Promise<void> {
  let pageToken = ''
  do {
    const query = { ...ANYWHERE, pageSize: PAGE, pageToken }
    const { photos = [], nextPageToken = '' } = await ask(api.GET('/v1/photos', { params: { query } }))
    if (!take(photos)) return
    pageToken = nextPageToken
  } while (pageToken)
}

/** All photos with a place; they come page by page, and follow what changes. */
export function usePlaces(): Places {
  const { api, library } = useServices()
  const all = shallowRef(new Map<string, Placed>())
  const state = shallowRef<'loading' | 'ready' | 'failed'>('loading')
  const error = shallowRef<unknown>()
  let run = 0

  function put(photos: readonly Photo[]): void {
    for (const photo of photos) {
      const found = photo.trashTime || photo.archived ? undefined : placed(photo)
      if (found) all.value.set(found.photo.id, found)
      else all.value.delete(photo.photoId ?? '')
    }
    triggerRef(all)
  }

  async function reload(): Promise<void> {
    const mine = ++run
    all.value = new Map()
    state.value = 'loading'
    try {
      await eachPage(api, (photos) => {
        if (mine !== run) return false
        put(photos)
        return true
      })
      state.value = 'ready'
    } catch (cause) {
      error.value = cause
      state.value = 'failed'
    }
  }

  const stop = library.onChange(({ photos, goneIds }) => {
    for (const id of goneIds) all.value.delete(id)
    put(photos)
  })
  onScopeDispose(() => {
    run++
    stop()
  })
  void reload()
  return { all, state, error, reload }
}
