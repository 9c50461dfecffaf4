import { shallowRef } from 'vue'
import type { Photo } from '@/api/types'
import { newestFirst, toGridPhoto, type GridPhoto } from '@/photos/gridPhoto'
import type { Change } from '@/photos/library'
import type { PhotoSource, Section } from '@/photos/source'

export interface Page {
  photos: readonly Photo[]
  /** Empty on the last page. */
  nextPageToken: string
}

export interface PagedOptions {
  /** Ask for one page; the first has the token "". */
  page(token: string): Promise<Page>
  /** Headings: the key of a photo's section, and its title. Without it there is one section and no heading. */
  group?: (photo: GridPhoto) => { key: string; title: string }
  /** Whether a changed photo is one of these; photos that are no more leave at once. */
  belongs?: (photo: GridPhoto) => boolean
  /** Whether photos that come to belong are put in, by time. */
  inserts?: boolean
}

export interface PagedSource extends PhotoSource {
  more: () => Promise<void>
  /** Take in what changed elsewhere; hand it to `library.onChange`. */
  apply(change: Change): void
  /** Put a photo behind another; behind none is first. */
  move(photoId: string, afterPhotoId: string): void
  /** Nothing is left to load. */
  readonly ended: { readonly value: boolean }
}

/** A source over any list that comes in pages: albums, search, favourites, trash. */
export function createPagedSource(options: PagedOptions): PagedSource {
  const sections = shallowRef<readonly Section[]>([])
  const state = shallowRef<'loading' | 'ready' | 'failed'>('loading')
  const error = shallowRef<unknown>()
  const ended = shallowRef(false)
  let photos: GridPhoto[] = []
  let token = ''
  let run = 0
  let asking: Promise<void> | undefined

  function show(now: GridPhoto[]): void {
    photos = now
    sections.value = grouped(photos, options.group)
  }

  async function ask(mine: number): Promise<void> {
    const page = await options.page(token)
    if (mine !== run) return
    const known = new Set(photos.map((photo) => photo.id))
    token = page.nextPageToken
    ended.value = !token
    state.value = 'ready'
    show([...photos, ...page.photos.map(toGridPhoto).filter((photo) => !known.has(photo.id))])
  }

  async function more(): Promise<void> {
    if (!ended.value) await (asking ??= ask(run).finally(() => (asking = undefined)))
  }

  async function reload(): Promise<void> {
    run += 1
    asking = undefined
    token = ''
    photos = []
    ended.value = false
    state.value = 'loading'
    try {
      await more()
    } catch (cause) {
      error.value = cause
      state.value = 'failed'
    }
  }

  function apply({ photos: changed, goneIds }: Change): void {
    const belongs = options.belongs ?? (() => true)
    const fresh = new Map(changed.map((photo) => [photo.photoId ?? '', toGridPhoto(photo)]))
    const kept = photos
      .filter((photo) => !goneIds.includes(photo.id))
      .map((photo) => fresh.get(photo.id) ?? photo)
      .filter(belongs)
    const known = new Set(photos.map((photo) => photo.id))
    const added = options.inserts ? [...fresh.values()].filter((photo) => !known.has(photo.id) && belongs(photo)) : []
    show(added.length ? [...kept, ...added].sort(newestFirst) : kept)
  }

  function move(photoId: string, afterPhotoId: string): void {
    show(moved(photos, photoId, afterPhotoId))
  }

  return { sections, state, error, ended, move, load: () => Promise.resolve(), more, reload, apply }
}

function moved(photos: GridPhoto[], photoId: string, afterPhotoId: string): GridPhoto[] {
  const photo = photos.find((each) => each.id === photoId)
  if (!photo || photoId === afterPhotoId) return photos
  const others = photos.filter((each) => each.id !== photoId)
  const at = others.findIndex((each) => each.id === afterPhotoId) + 1
  return [...others.slice(0, at), photo, ...others.slice(at)]
}

/** Photos under their headings, in the order in which headings first come. */
export function grouped(photos: readonly GridPhoto[], group: PagedOptions['group']): Section[] {
  if (!group) return photos.length ? [{ key: 'all', title: '', count: photos.length, photos }] : []
  const byKey = new Map<string, { title: string; photos: GridPhoto[] }>()
  for (const photo of photos) {
    const { key, title } = group(photo)
    const section = byKey.get(key) ?? { title, photos: [] }
    section.photos.push(photo)
    byKey.set(key, section)
  }
  return [...byKey].map(([key, section]) => ({ key, ...section, count: section.photos.length }))
}
