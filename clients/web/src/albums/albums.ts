import { useQuery, useQueryCache } from '@pinia/colada'
import { onScopeDispose } from 'vue'
import { ask } from '@/api/problem'
import type { Album } from '@/api/types'
import { useServices } from '@/services'

const KEY = ['albums']
const MOST = 500 // on a page; people have tens of albums

/** All albums of the library, newest first; they follow what changes elsewhere. */
export function useAlbums() {
  const { api, feed } = useServices()
  const query = useQuery({ key: KEY, query: all })
  async function all(): Promise<Album[]> {
    const albums: Album[] = []
    let pageToken = ''
    do {
      const asked = { pageSize: MOST, pageToken, coverThumbnailUrls: true }
      const page = await ask(api.GET('/v1/albums', { params: { query: asked } }))
      albums.push(...(page.albums ?? []))
      pageToken = page.nextPageToken ?? ''
    } while (pageToken)
    return albums
  }
  const stop = feed.listen((events) => {
    if (events.some((event) => event.albumId || event.groups?.includes('albums'))) void query.refetch()
  })
  onScopeDispose(stop)
  return query
}

/** The list is asked for again when it is next shown. */
export function useForgetAlbums(): () => void {
  const cache = useQueryCache()
  return () => void cache.invalidateQueries({ key: KEY })
}
