import type { Photo } from '@/api/types'
import { MonthsSource } from '@/pages/timeline/monthsSource'
import type { Bucket } from '@/pages/timeline/spans'
import { newestFirst, toGridPhoto } from '@/photos/gridPhoto'
import { makePhoto } from './builders'

export const JULY = '2023-07-01'
const AT_ONCE: (after: string) => Promise<void> = () => Promise.resolve()

/** A timeline over photos that are made up. */
export function library(
  photos: Photo[],
  { pageSize = 2, daysFrom = 0, newest = [] as Photo[] | undefined, hold = AT_ONCE } = {},
) {
  const asked: string[] = []
  const source = new MonthsSource({
    title: ({ key }) => key,
    newest: () => (newest ? Promise.resolve(newest) : Promise.reject(new Error('away'))),
    buckets: async () => {
      const days = photos.map(({ captureTime }) => captureTime?.localTime?.slice(0, 10) ?? '').sort()
      return bucketsOf(days.reverse(), daysFrom)
    },
    page: async ({ after, before }, token) => {
      asked.push(`${after} ${token}`)
      await hold(after)
      const inside = photos.filter(({ captureTime }) => {
        const instant = captureTime?.instant ?? ''
        return Date.parse(instant) >= Date.parse(after) && Date.parse(instant) < Date.parse(before)
      })
      const from = Number(token)
      const next = from + pageSize < inside.length ? String(from + pageSize) : ''
      return { photos: inside.slice(from, from + pageSize), next }
    },
  })
  return { source, asked, photos }
}

/** As the contract counts them: the days of months of at least so many photos. */
function bucketsOf(days: readonly string[], daysFrom: number): Bucket[] {
  const buckets: { month: string; count: number; days: { day: string; count: number }[] }[] = []
  for (const day of days) {
    const month = `${day.slice(0, 7)}-01`
    const bucket = buckets.find((each) => each.month === month) ?? { month, count: 0, days: [] }
    if (!bucket.count++) buckets.push(bucket)
    const counted = bucket.days.find((each) => each.day === day) ?? { day, count: 0 }
    if (!counted.count++) bucket.days.push(counted)
  }
  return buckets.map((bucket) => (daysFrom && bucket.count >= daysFrom ? bucket : { ...bucket, days: [] }))
}

/** So many photos on each of these days of July. */
export function taken(counts: Readonly<Record<number, number>>): Photo[] {
  return Object.entries(counts).flatMap(([day, count]) =>
    Array.from({ length: count }, (_, i) => {
      const second = new Date(Date.UTC(2023, 6, Number(day), 8) + i * 1000).toISOString().slice(0, 19)
      return makePhoto(`${day}-${i}`, second)
    }),
  )
}

export const sorted = (photos: Photo[]): Photo[] => photos.sort((a, b) => newestFirst(toGridPhoto(a), toGridPhoto(b)))

export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

export const idsOf = (source: MonthsSource, month = JULY): string[] | undefined =>
  source.sections.value.find((section) => section.key === month)?.photos.map((photo) => photo.id)
