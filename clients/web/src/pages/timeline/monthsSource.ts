import { shallowRef } from 'vue'
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
  /** The newest photos, whatever their months: there is something to see before a month is asked for. */
  newest?(): Promise<readonly Photo[]>
  /** One page of the photos between two instants, newest first. */
  page(span: { after: string; before: string }, token: string): Promise<{ photos: readonly Photo[]; next: string }>
  title(month: string): string
}

interface Month {
  photos: readonly GridPhoto[]
  whole: boolean
  loading?: Promise<void> | undefined
  used: number
}

const IN_VIEW = 4 // months that may be in the window at once, on the largest of them
const MOST_KEPT = 12_000 // photos; what is far away is asked for again

const NONE: readonly GridPhoto[] = []

/** The timeline: months and how many photos each has, and their photos as far as somebody came near them. */
export class MonthsSource implements PhotoSource {
  readonly sections = shallowRef<readonly Section[]>([])
  readonly state = shallowRef<'loading' | 'ready' | 'failed'>('loading')
  readonly error = shallowRef<unknown>()
  private readonly months = new Map<string, Month>()
  private buckets: readonly Bucket[] = []
  private clock = 0
  private counting: Promise<void> | undefined
  private waiting: (() => void)[] = []

  constructor(private readonly options: MonthsOptions) {}

  async load(key: string): Promise<void> {
    const known = this.months.get(key)
    if (known) known.used = ++this.clock
    this.ring()
    if (known?.whole) return
    if (known?.loading) return known.loading
    const month: Month = { photos: known?.photos ?? NONE, whole: false, used: ++this.clock }
    this.months.set(key, month)
    const filled = this.fill(key, month).catch((cause: unknown) => {
      this.months.delete(key)
      throw cause
    })
    month.loading = filled.finally(() => this.ring())
    return month.loading
  }

  locate(photo: GridPhoto): Promise<void> {
    return this.load(monthOf(photo))
  }

  async reload(): Promise<void> {
    this.months.clear()
    const first = !this.sections.value.length
    if (first) this.state.value = 'loading'
    try {
      // Without the newest the timeline is only slower.
      const newest = first ? this.options.newest?.().catch(() => []) : undefined
      await this.count(newest)
    } catch (cause) {
      this.error.value = cause
      this.state.value = 'failed'
    }
  }

  /** Count again; what is loaded stays. */
  refresh(): void {
    this.counting ??= this.count()
      .catch(() => undefined) // what is shown stays; the next change counts again
      .finally(() => (this.counting = undefined))
  }

  /** Take in what changed elsewhere; hand it to `library.onChange`. */
  apply({ photos, goneIds }: Change): void {
    const changed = photos.map(toGridPhoto)
    const ids = new Set([...goneIds, ...changed.map((photo) => photo.id)])
    let recount = goneIds.length > 0 || changed.some((photo) => !this.months.has(monthOf(photo)))
    for (const [key, month] of this.months) {
      const next = merged(key, month.photos, changed, ids)
      if (next === month.photos) continue
      recount ||= next.length !== month.photos.length
      month.photos = next
      if (month.whole) this.counted(key, next.length)
    }
    this.show()
    if (recount) this.refresh()
  }

  private show(): void {
    const before = new Map(this.sections.value.map((section) => [section.key, section]))
    this.sections.value = this.buckets.map(({ month, count }) => {
      const photos = this.months.get(month)?.photos ?? NONE
      const known = before.get(month)
      const total = Math.max(count, photos.length)
      if (known?.photos === photos && known.count === total) return known
      return { key: month, title: this.options.title(month), count: total, photos }
    })
  }

  private async count(newest?: Promise<readonly Photo[]>): Promise<void> {
    this.buckets = (await this.options.buckets()).filter((bucket) => bucket.count > 0)
    this.begin((await newest) ?? [])
    const counts = new Map(this.buckets.map(({ month, count }) => [month, count]))
    for (const [key, month] of this.months) {
      const counted = counts.get(key) ?? 0
      if (!counted) this.months.delete(key)
      else if (month.whole && counted !== month.photos.length) {
        this.months.set(key, { ...month, whole: false, loading: undefined })
      }
    }
    this.state.value = 'ready'
    this.show()
  }

  /** Show photos of months that nobody has come near yet; they are loaded whole as soon as somebody does. */
  private begin(newest: readonly Photo[]): void {
    for (const photo of newest.map(toGridPhoto)) {
      const month = this.months.get(monthOf(photo)) ?? { photos: NONE, whole: false, used: ++this.clock }
      if (month.loading) continue
      this.months.set(monthOf(photo), { ...month, photos: [...month.photos, photo] })
    }
  }

  private async fill(key: string, month: Month): Promise<void> {
    const found: GridPhoto[] = []
    let token = ''
    do {
      const page = await this.options.page(windowOf(key), token)
      found.push(...page.photos.map(toGridPhoto).filter((photo) => monthOf(photo) === key))
      token = page.next
      if (this.months.get(key) !== month) return // evicted or counted anew meanwhile
      month.photos = found.slice()
      this.show()
      if (token) await this.turn(month)
    } while (token)
    month.whole = true
    month.loading = undefined
    this.counted(key, found.length)
    this.forget(key)
    this.show()
  }

  /** Resolves once no month is being loaded that was looked at since: what is in the window goes before what was. */
  private async turn(month: Month): Promise<void> {
    const nearer = (other: Month): boolean => !!other.loading && other.used > month.used + IN_VIEW
    while ([...this.months.values()].some(nearer)) await new Promise<void>((go) => this.waiting.push(go))
  }

  /** Months that wait for their turn look again. */
  private ring(): void {
    this.waiting.splice(0).forEach((go) => go())
  }

  /** The photos are what counts, where a count was taken earlier. */
  private counted(key: string, count: number): void {
    this.buckets = this.buckets.map((bucket) => (bucket.month === key ? { month: key, count } : bucket))
  }

  /** Let go of the months that were not looked at for longest. */
  private forget(except: string): void {
    const byUse = [...this.months].filter(([key]) => key !== except).sort(([, a], [, b]) => a.used - b.used)
    let kept = [...this.months.values()].reduce((sum, month) => sum + month.photos.length, 0)
    for (const [key, month] of byUse) {
      if (kept <= MOST_KEPT) return
      kept -= month.photos.length
      this.months.delete(key)
    }
  }
}

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
