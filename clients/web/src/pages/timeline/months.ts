const A_DAY = 24 * 3600_000
const HALF_A_DAY_AND_MORE = 16 * 3600_000 // no clock on a wall is further from UTC

/** A day so many days later, such as 2023-07-14; days are those of the clock on the wall. */
export function daysAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * A_DAY).toISOString().slice(0, 10)
}

export function lastDayOf(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10)
}

/**
 * The instants between which the photos of some days lie, wherever on earth they were taken: the contract filters by
 * instant and counts by local day, so a few photos of the days beside come along and are left out.
 */
export function windowOf(first: string, last: string): { after: string; before: string } {
  const after = new Date(Date.parse(first) - HALF_A_DAY_AND_MORE)
  const before = new Date(Date.parse(last) + A_DAY + HALF_A_DAY_AND_MORE)
  return { after: after.toISOString(), before: before.toISOString() }
}
