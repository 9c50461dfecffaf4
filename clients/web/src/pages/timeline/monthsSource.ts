import { shallowRef } from 'vue'
import type { Photo } from '@/api/types'
import { dayOf, newestFirst, toGridPhoto, type GridPhoto } from '@/photos/gridPhoto'
import type { Change } from '@/photos/library'
import type { PhotoSource, Section } from '@/photos/source'
import { windowOf } from '@/pages/timeline/months'
import { cutOf, overgrown, spanOf, spansOf, type Bucket, type Cut, type Span } from '@/pages/timeline/spans'

export interface MonthsOptions {
  buckets(): Promise<readonly Bucket[]>
  /** The newest photos, whatever their months: there is something to see before a month is asked for. */
  newest?(): Promise<readonly Photo[]>
  /** One page of the photos between two instants, newest first, of which about so many of the first are not wanted. */
  page(
    span: { after: string; before: string },
    token: string,
    ahead: number,
  ): Promise<{ photos: readonly Photo[]; next: string }>
  title(span: Span): string
}

/** What is loaded of a span. */
interface Part {
  photos: readonly GridPhoto[]
  whole: boolean
  loading?: Promise<void> | undefined
  used: number
}

const IN_VIEW = 4 // sections that may be in the window at once, on the largest of them
const MOST_KEPT = 12_000 // photos; what is far away is asked for again

const NONE: readonly GridPhoto[] = []

/**
 * The timeline: months and how many photos each has, and their photos as far as somebody came near them. Large months
 * are cut into runs of days, so that a place in them is near whatever lies before it. What is loaded keeps its cut.
 */
export class MonthsSource implements PhotoSource {
  readonly sections = shallowRef<readonly Section[]>([])
  readonly state = shallowRef<'loading' | 'ready' | 'failed'>('loading')
  readonly error = shallowRef<unknown>()
  private readonly parts = new Map<string, Part>()
  private readonly cuts = new Map<string, Cut>()
  private readonly titles = new Map<string, string>()
  private spans: readonly Span[] = []
  private byMonth = new Map<string, readonly Span[]>()
  private clock = 0
  private counting: Promise<void> | undefined
  private waiting: (() => void)[] = []

  constructor(private readonly options: MonthsOptions) {}

  async load(key: string): Promise<void> {
    const known = this.parts.get(key)
    if (known) known.used = ++this.clock
    this.ring()
    if (known?.whole) return
    if (known?.loading) return known.loading
    const part: Part = { photos: known?.photos ?? NONE, whole: false, used: ++this.clock }
    this.parts.set(key, part)
    const filled = this.fill(key, part).catch((cause: unknown) => {
      this.parts.delete(key)
      throw cause
    })
    part.loading = filled.finally(() => this.ring())
    return part.loading
  }

  locate(photo: GridPhoto): Promise<void> {
    return this.load(this.keyOf(photo))
  }

  async reload(): Promise<void> {
    this.parts.clear()
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
    let recount = goneIds.length > 0 || changed.some((photo) => !this.parts.has(this.keyOf(photo)))
    for (const [key, part] of this.parts) {
      const fits = changed.filter((photo) => this.keyOf(photo) === key && !photo.archived && !photo.trashed)
      const next = merged(part.photos, fits, ids)
      if (next === part.photos) continue
      recount ||= next.length !== part.photos.length
      part.photos = next
      if (part.whole) this.counted(key, next.length)
    }
    this.show()
    if (recount) this.refresh()
  }

  private show(): void {
    const before = new Map(this.sections.value.map((section) => [section.key, section]))
    this.sections.value = this.spans.map((span) => {
      const photos = this.parts.get(span.key)?.photos ?? NONE
      const known = before.get(span.key)
      const count = Math.max(span.count, photos.length)
      const title = this.titleOf(span)
      if (known?.photos === photos && known.count === count && known.title === title) return known
      return { key: span.key, title, count, photos }
    })
  }

  /** Asked for once each: there may be thousands, and they are shown anew with every page of photos. */
  private titleOf(span: Span): string {
    const days = `${span.key} ${span.from} ${span.to}`
    const title = this.titles.get(days) ?? this.options.title(span)
    this.titles.set(days, title)
    return title
  }

  private async count(newest?: Promise<readonly Photo[]>): Promise<void> {
    this.cut(await this.options.buckets())
    this.begin((await newest) ?? [])
    const counts = new Map(this.spans.map(({ key, count }) => [key, count]))
    for (const [key, part] of this.parts) {
      const counted = counts.get(key) ?? 0
      if (!counted) this.parts.delete(key)
      else if (part.whole && counted !== part.photos.length) {
        this.parts.set(key, { ...part, whole: false, loading: undefined })
      }
    }
    this.state.value = 'ready'
    this.show()
  }

  /** Make spans of the months. A cut stands as long as photos under it are loaded, or it is good. */
  private cut(buckets: readonly Bucket[]): void {
    const loaded = new Set([...this.parts.keys()].map((key) => key.slice(0, 7)))
    for (const bucket of buckets) {
      const cut = this.cuts.get(bucket.month)
      const stands = cut && (loaded.has(bucket.month.slice(0, 7)) || !overgrown(bucket, cut))
      if (!stands) this.cuts.set(bucket.month, cutOf(bucket))
    }
    const months = buckets.map((bucket) => [bucket.month, spansOf(bucket, this.cuts.get(bucket.month) ?? [])] as const)
    this.byMonth = new Map(months)
    this.spans = months.flatMap(([, spans]) => spans).filter(({ count }) => count > 0)
  }

  /** The span that a day is in; what was never counted would be a month. */
  private spanAt(day: string): Span {
    const month = `${day.slice(0, 7)}-01`
    return this.byMonth.get(month)?.find(({ first }) => first <= day) ?? spanOf(month)
  }

  private keyOf(photo: GridPhoto): string {
    return this.spanAt(dayOf(photo)).key
  }

  /** Show photos of spans that nobody has come near yet; they are loaded whole as soon as somebody does. */
  private begin(newest: readonly Photo[]): void {
    for (const photo of newest.map(toGridPhoto)) {
      const key = this.keyOf(photo)
      const part = this.parts.get(key) ?? { photos: NONE, whole: false, used: ++this.clock }
      if (part.loading) continue
      this.parts.set(key, { ...part, photos: [...part.photos, photo] })
    }
  }

  private async fill(key: string, part: Part): Promise<void> {
    const { first, last, ahead } = this.spanAt(key.slice(0, 10))
    const found: GridPhoto[] = []
    let token = ''
    do {
      const page = await this.options.page(windowOf(first, last), token, ahead)
      found.push(...page.photos.map(toGridPhoto).filter((photo) => dayOf(photo) >= first && dayOf(photo) <= last))
      token = page.next
      if (this.parts.get(key) !== part) return // evicted or counted anew meanwhile
      part.photos = found.slice()
      this.show()
      if (token) await this.turn(part)
    } while (token)
    part.whole = true
    part.loading = undefined
    this.counted(key, found.length)
    this.forget(key)
    this.show()
  }

  /** Resolves once nothing is being loaded that was looked at since: what is in the window goes before what was. */
  private async turn(part: Part): Promise<void> {
    const nearer = (other: Part): boolean => !!other.loading && other.used > part.used + IN_VIEW
    while ([...this.parts.values()].some(nearer)) await new Promise<void>((go) => this.waiting.push(go))
  }

  /** Whoever waits for its turn looks again. */
  private ring(): void {
    this.waiting.splice(0).forEach((go) => go())
  }

  /** The photos are what counts, where a count was taken earlier. */
  private counted(key: string, count: number): void {
    this.spans = this.spans.map((span) => (span.key === key ? { ...span, count } : span))
  }

  /** Let go of what was not looked at for longest. */
  private forget(except: string): void {
    const byUse = [...this.parts].filter(([key]) => key !== except).sort(([, a], [, b]) => a.used - b.used)
    let kept = [...this.parts.values()].reduce((sum, part) => sum + part.photos.length, 0)
    for (const [key, part] of byUse) {
      if (kept <= MOST_KEPT) return
      kept -= part.photos.length
      this.parts.delete(key)
    }
  }
}

/** Photos with those that fit in their place, without any other of these ids; the same array if none is concerned. */
function merged(
  photos: readonly GridPhoto[],
  fits: readonly GridPhoto[],
  ids: ReadonlySet<string>,
): readonly GridPhoto[] {
  const kept = photos.filter((photo) => !ids.has(photo.id))
  if (!fits.length && kept.length === photos.length) return photos
  return [...kept, ...fits].sort(newestFirst)
}
