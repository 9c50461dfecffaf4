import { defineStore } from 'pinia'
import { shallowReactive, shallowRef, triggerRef, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { ask, Problem } from '@/api/problem'
import type { SearchAnswer, SearchHit } from '@/api/types'
import { createPagedSource, type Page, type PagedSource } from '@/photos/pagedSource'
import { pictureOf } from '@/search/picture'
import { filterOf, type SearchQuery } from '@/search/query'
import { useServices } from '@/services'

const PAGE = 60
const KEPT = 12 // searches: going back finds the results as they were, and so the place on the page
const LANGUAGES = ['en', 'de', 'es', 'fr'] // that the library understands

export interface Results {
  query: SearchQuery
  source: PagedSource
  /** The first page, which says how the words were understood; undefined until it has come. */
  first: SearchAnswer | undefined
  /** What is known of each hit beside the photo, by its id. */
  hits: ShallowRef<ReadonlyMap<string, SearchHit>>
}

/** The results of the last searches, by the query as it stands in the address. */
export const useSearches = defineStore('searches', () => {
  const { api, library } = useServices()
  const { locale } = useI18n({ useScope: 'global' })
  const kept = new Map<string, Results>()

  /** The results of a query; they are asked for unless they are kept. */
  function of(query: SearchQuery): Results {
    const key = JSON.stringify(query)
    const before = kept.get(key)
    if (before && before.source.state.value !== 'failed') return before
    const results = begin(query)
    kept.set(key, results)
    const [oldest] = kept.keys()
    if (kept.size > KEPT && oldest) kept.delete(oldest)
    return results
  }

  function begin(query: SearchQuery): Results {
    const hits = new Map<string, SearchHit>()
    const results = shallowReactive<Results>({
      query,
      first: undefined,
      hits: shallowRef(hits),
      source: createPagedSource({ page: (token) => page(token), belongs: (photo) => !photo.trashed }),
    })
    async function page(token: string): Promise<Page> {
      const answer = await ask(api.POST('/v1/photos:search', { body: await bodyOf(query, token, locale.value) }))
      if (!token) results.first = answer
      for (const hit of answer.hits ?? []) hits.set(hit.photo?.photoId ?? '', hit)
      triggerRef(results.hits)
      return {
        photos: (answer.hits ?? []).flatMap((hit) => hit.photo ?? []),
        nextPageToken: answer.nextPageToken ?? '',
      }
    }
    void results.source.reload()
    return results
  }

  library.onChange((change) => {
    for (const results of kept.values()) results.source.apply(change)
  })

  return { of }
})

async function bodyOf(query: SearchQuery, pageToken: string, locale: string) {
  const picture = query.picture ? await pictureOf(query.picture) : undefined
  if (query.picture && !picture) throw new Problem(400, 'PICTURE_GONE', 'this tab no longer has the picture')
  const filter = filterOf(query)
  return {
    words: query.words,
    literal: query.literal,
    ...(query.like ? { likePhotoId: query.like } : {}),
    ...(picture ? { likeImage: picture.base64 } : {}),
    ...(filter ? { filter } : {}),
    pageSize: PAGE,
    pageToken,
    explain: true,
    facets: true, // a page token is one of the same question
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    languages: languages(locale),
  }
}

/** The user's own come first. */
function languages(locale: string): string[] {
  const own = [locale, ...navigator.languages].map((tag) => tag.slice(0, 2))
  return [...new Set([...own.filter((tag) => LANGUAGES.includes(tag)), ...LANGUAGES])]
}
