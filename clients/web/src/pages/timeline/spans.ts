import { daysAfter, lastDayOf } from '@/pages/timeline/months'

export interface DayCount {
  day: string
  count: number
}

/** A month, by its first day, and how many photos it holds; the days of a large one, newest first. */
export interface Bucket {
  month: string
  count: number
  days: readonly DayCount[]
}

/** What is one section of the timeline and loaded as one: a month, or some days of a large one. */
export interface Span {
  /** Of a month its first day, of a part of it both its ends: 2023-07-14/2023-07-20. */
  key: string
  month: string
  /** The days it takes in, whether or not they hold photos: the spans of a month leave none out. */
  first: string
  last: string
  /** The days that hold its photos, for the heading. */
  from: string
  to: string
  count: number
  /** How many photos the day after holds, where that is known: most of them come along with the newest of these. */
  ahead: number
}

/** Where a month is cut: the first days of its parts but the oldest, newest first. Empty: it is whole. */
export type Cut = readonly string[]

const MOST = 500 // photos of a part of several days: a page
const OVERGROWN = 2 * MOST

/** Parts of whole days with at most a page of photos, but never less than a day. */
export function cutOf({ count, days }: Bucket): Cut {
  if (count <= MOST) return []
  const cut: string[] = []
  let photos = 0
  days.forEach(({ count }, i) => {
    const before = days[i - 1]
    if (before && photos + count > MOST) {
      cut.push(before.day)
      photos = 0
    }
    photos += count
  })
  return cut
}

/** Whether photos that came since have made one of the parts so large that the month had better be cut anew. */
export function overgrown(bucket: Bucket, cut: Cut): boolean {
  return spansOf(bucket, cut).some(({ count, from, to }) => count > OVERGROWN && from !== to)
}

/** The sections of a month, newest first, those without photos too. */
export function spansOf(bucket: Bucket, cut: Cut): Span[] {
  const { month, count, days } = bucket
  const firsts = days.length ? [...cut, month] : [month] // its days are not told of a month that has become small
  if (firsts.length === 1) return [spanOf(month, { from: days.at(-1)?.day, to: days[0]?.day, count })]
  return firsts.map((first, i) => {
    const newer = firsts[i - 1]
    const last = newer ? daysAfter(newer, -1) : lastDayOf(month)
    const mine = days.filter(({ day }) => day >= first && day <= last)
    return {
      ...spanOf(month, { from: mine.at(-1)?.day ?? first, to: mine[0]?.day ?? last }),
      key: `${first}/${last}`,
      first,
      last,
      count: mine.reduce((sum, day) => sum + day.count, 0),
      ahead: days.find(({ day }) => day === daysAfter(last, 1))?.count ?? 0,
    }
  })
}

/** A month as one span, whether or not anything was counted in it. */
export function spanOf(month: string, { count = 0, from = month, to = lastDayOf(month) }: Partial<Span> = {}): Span {
  return { key: month, month, first: month, last: lastDayOf(month), from, to, count, ahead: 0 }
}
