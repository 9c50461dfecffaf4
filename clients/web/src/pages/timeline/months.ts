const HALF_A_DAY_AND_MORE = 16 * 3600_000 // no clock on a wall is further from UTC

/**
 * The instants between which the photos of a month lie, wherever on earth they were taken: the contract filters by
 * instant and counts by local month, so a few photos of the months beside come along and are left out.
 */
export function windowOf(month: string): { after: string; before: string } {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const after = new Date(Date.UTC(year, number - 1, 1) - HALF_A_DAY_AND_MORE)
  const before = new Date(Date.UTC(year, number, 1) + HALF_A_DAY_AND_MORE)
  return { after: after.toISOString(), before: before.toISOString() }
}
