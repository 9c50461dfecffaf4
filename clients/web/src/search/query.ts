import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { PhotoFilter } from '@/api/types'

/** The facets that can be chosen, by their names in the contract, and what the address of the page calls them. */
export const FACETS = ['years', 'countries', 'cities', 'cameras', 'tags', 'albums', 'media_types'] as const
export type FacetName = (typeof FACETS)[number]

/** What is looked for: all of it is in the address, so that it can be kept, shared and gone back to. */
export interface SearchQuery {
  words: string
  /** The words are taken as they are. */
  literal: boolean
  like: string
  /** The key of a picture to be like; see picture.ts. */
  picture: string
  favourite: boolean
  facets: Readonly<Record<FacetName, readonly string[]>>
}

export function queryOf(route: LocationQuery): SearchQuery {
  const one = (key: string): string => all(route, key)[0] ?? ''
  return {
    words: one('q').slice(0, 500),
    literal: one('literal') === '1',
    like: one('like'),
    picture: one('picture'),
    favourite: one('favourite') === '1',
    facets: Object.fromEntries(FACETS.map((name) => [name, all(route, name)])) as Record<FacetName, string[]>,
  }
}

function all(route: LocationQuery, key: string): string[] {
  const found = route[key] ?? []
  return (Array.isArray(found) ? found : [found]).filter(
    (value) => typeof value === 'string' && value !== '',
  ) as string[]
}

export function routeOf(query: SearchQuery): LocationQueryRaw {
  const facets = Object.fromEntries(
    FACETS.filter((name) => query.facets[name].length).map((name) => [name, [...query.facets[name]]]),
  )
  return {
    ...(query.words ? { q: query.words } : {}),
    ...(query.literal ? { literal: '1' } : {}),
    ...(query.like ? { like: query.like } : {}),
    ...(query.picture ? { picture: query.picture } : {}),
    ...(query.favourite ? { favourite: '1' } : {}),
    ...facets,
  }
}

/** Nothing is asked for. */
export function isEmpty(query: SearchQuery): boolean {
  return !Object.keys(routeOf({ ...query, literal: false })).length
}

export function withFacet(query: SearchQuery, name: FacetName, value: string, chosen: boolean): SearchQuery {
  const others = query.facets[name].filter((each) => each !== value)
  return { ...query, facets: { ...query.facets, [name]: chosen ? [...others, value] : others } }
}

/** The words without a run of them, given in code points as the library counts. */
export function withoutWords(words: string, start: number, end: number): string {
  const letters = [...words]
  return [...letters.slice(0, start), ' ', ...letters.slice(end)].join('').replace(/\s+/g, ' ').trim()
}

/** Values of one facet widen the search, facets narrow it. */
export function filterOf(query: SearchQuery): PhotoFilter | undefined {
  const { years, countries, cities, cameras, tags, albums, media_types } = query.facets
  const places = [...cities, ...countries]
  const filter: PhotoFilter = {
    ...(years.length ? { dates: years.map((year) => ({ first: `${year}-01-01`, last: `${year}-12-31` })) } : {}),
    ...(places.length ? { places: { anyOf: places } } : {}),
    ...(cameras.length ? { cameras: { anyOf: [...cameras] } } : {}),
    ...(tags.length ? { tags: { allOf: [...tags] } } : {}),
    ...(albums.length ? { albumIds: { anyOf: [...albums] } } : {}),
    ...(media_types.length ? { mediaTypes: { anyOf: [...media_types] } } : {}),
    ...(query.favourite ? { favourite: true } : {}),
  }
  return Object.keys(filter).length ? filter : undefined
}
