import { shallowReactive, shallowRef, triggerRef } from 'vue'
import type { Photo } from '@/api/types'
import { monthOf, newestFirst, toGridPhoto, type GridPhoto } from '@/photos/gridPhoto'
import type { Change } from '@/photos/library'
import type { PhotoSource, Section } from '@/photos/source'
import { windowOf } from '@/pages/timeline/months'

export interface Bucket {
  month: string
  count: number
}

export interface MonthsOptions {
  buckets(): Promise<readonly Bucket[]>
  /** One page of the photos between two instants, newest first. */
  page(span: { after: string; before: string }, token: string): Promise<{ photos: readonly Photo[]; next: string }>
  title(month: string): string
}

export interface MonthsSource extends PhotoSource {
  apply(change: Change): void
  /** Count again; what is loaded stays. */
  refresh(): void
}

interface Month {
  photos: readonly GridPhoto[]
  whole: boolean
  loading?: Promise<void> | undefined
  used: number
}

const MOST_KEPT = 12_000 // photos; what is far away is asked for again

/** The timeline: months and how many photos each has, and their photos as far as somebody came near them. */
export function createMonthsSource(options: MonthsOptions): MonthsSource {
  const sections = shallowRef<readonly Section[]>([])
  const state = shallowRef<'loading' | 'ready' | 'failed'>('loading')
  const error = shallowRef<unknown>()
  const months = shallowReactive(new Map<string, Month>())
  let buckets: readonly Bucket[] = []
  let clock = 0
  let counting: Promise<void> | undefined

  function show(): void {
    const before = new Map(sections.value.map((section) => [section.key, section]))
    sections.value = buckets.map(({ month, count }) => {
      const photos = months.get(month)?.photos ?? NONE
      const known = before.get(month)
      const total = Math.max(count, photos.length)
      if (known?.photos === photos && known.count === total) return known
      return { key: month, title: options.title(month), count: total, photos }
    })
  }

  async function count(): Promise<void> {
    buckets = (await options.buckets()).filter((bucket) => bucket.count > 0)
    for (const [key, month] of months) {
      const counted = buckets.find((bucket) => bucket.month === key)?.count ?? 0
      if (!counted) months.delete(key)
      else if (month.whole && counted !== month.photos.length)
        months.set(key, { ...month, whole: false, loading: undefined })
    }
    state.value = 'ready'
    show()
  }

  function refresh(): void {
    counting ??= count()
      .catch(() => undefined) // what is shown stays; the next change counts again
      .finally(() => (counting = undefined))
  }

  async function fill(key: string, month: Month): Promise<void> {
    const found: GridPhoto[] = []
    let token = ''
    do {
      const page = await options.page(windowOf(key), token)
      found.push(...page.photos.map(toGridPhoto).filter((photo) => monthOf(photo) === key))
      token = page.next
      if (months.get(key) !== month) return // evicted or counted anew meanwhile
      month.photos = found.slice()
      show()
    } while (token)
    month.whole = true
    month.loading = undefined
    settle(key, found)
  }

  /** The photos are what counts, where a count was taken earlier. */
  function settle(key: string, found: readonly GridPhoto[]): void {
    buckets = buckets.map((bucket) => (bucket.month === key ? { month: key, count: found.length } : bucket))
    forget(key)
    show()
  }

  async function load(key: string): Promise<void> {
    const known = months.get(key)
    if (known) known.used = ++clock
    if (known?.whole) return
    if (known?.loading) return known.loading
    const month: Month = { photos: known?.photos ?? NONE, whole: false, used: ++clock }
    months.set(key, month)
    month.loading = fill(key, month).catch((cause: unknown) => {
      months.delete(key)
      throw cause
    })
    return month.loading
  }

  /** Let go of the months that were not looked at for longest. */
  function forget(except: string): void {
    const byUse = [...months].filter(([key]) => key !== except).sort(([, a], [, b]) => a.used - b.used)
    let kept = [...months.values()].reduce((sum, month) => sum + month.photos.length, 0)
    for (const [key, month] of byUse) {
      if (kept <= MOST_KEPT) return
      kept -= month.photos.length
      months.delete(key)
    }
  }

  async function reload(): Promise<void> {
    months.clear()
    if (!sections.value.length) state.value = 'loading'
    try {
      await count()
    } catch (cause) {
      error.value = cause
      state.value = 'failed'
    }
  }

  function apply({ photos, goneIds }: Change): void {
    const changed = photos.map(toGridPhoto)
    const ids = new Set([...goneIds, ...changed.map((photo) => photo.id)])
    let different = false
    for (const [key, month] of months) {
      const next = merged(key, month.photos, changed, ids)
      if (next === month.photos) continue
      different ||= next.length !== month.photos.length
      month.photos = next
      const total = next.length
      if (month.whole) buckets = buckets.map((b) => (b.month === key ? { month: key, count: total } : b))
    }
    triggerRef(sections)
    show()
    if (different || changed.some((photo) => !months.has(monthOf(photo))) || goneIds.length) refresh()
  }

  return { sections, state, error, load, reload, refresh, apply, locate: (photo) => load(monthOf(photo)) }
}

const NONE: readonly GridPhoto[] = []

/** A month's photos with the changed ones in their place; the same array if none of them is concerned. */
function merged(
  key: string,
  photos: readonly GridPhoto[],
  changed: readonly GridPhoto[],
  ids: ReadonlySet<string>,
): readonly GridPhoto[] {
  const fits = changed.filter((photo) => monthOf(photo) === key && !photo.archived && !photo.trashed)
  const kept = photos.filter((photo) => !ids.has(photo.id))
  if (!fits.length && kept.length === photos.length) return photos
  return [...kept, ...fits].sort(newestFirst)
}
