import { onScopeDispose } from 'vue'
import type { operations } from '@/api/contract'
import { ask } from '@/api/problem'
import type { GridPhoto } from '@/photos/gridPhoto'
import { createPagedSource, type PagedOptions, type PagedSource } from '@/photos/pagedSource'
import { useServices } from '@/services'

export type ListQuery = NonNullable<operations['ListPhotos']['parameters']['query']>

const PAGE = 200

/** A source over a page's own list; it follows what changes elsewhere while the page is shown. */
export function usePagedSource(options: PagedOptions): PagedSource {
  const { library } = useServices()
  const source = createPagedSource(options)
  const ends = [library.onChange(source.apply), library.onGap(() => void source.reload())]
  onScopeDispose(() => ends.forEach((end) => end()))
  void source.reload()
  return source
}

/** The photos that match a filter, newest first. `belongs` is the same rule, for photos that change. */
export function useListSource(query: ListQuery, belongs: (photo: GridPhoto) => boolean, inserts = true): PagedSource {
  const { api } = useServices()
  return usePagedSource({
    async page(pageToken) {
      const asked = api.GET('/v1/photos', { params: { query: { ...query, pageSize: PAGE, pageToken } } })
      const { photos = [], nextPageToken = '' } = await ask(asked)
      return { photos, nextPageToken }
    },
    belongs,
    inserts,
  })
}
