/** Where the photos of a section lie: justified rows, each filled to the width. Typed arrays: a library has 100,000. */
export interface Layout {
  /** Left edge of each photo. */
  x: Float32Array
  /** Width of each photo. */
  w: Float32Array
  /** Index of the first photo of each row, and after the last row the number of photos. */
  rowStart: Int32Array
  /** Top of each row, and after the last row the height of all. */
  rowY: Float32Array
  /** Height of all rows, with the gap after each. */
  height: number
}

export interface Frame {
  width: number
  /** The height that rows come near. */
  target: number
  gap: number
}

/** Panoramas and scrolls of receipts are cut to these, so that a row stays a row. */
const NARROWEST = 0.45
const WIDEST = 3.6
/** What photos are on average, to guess the height of a section that is not loaded. */
const USUAL = 1.28
/** A last row that is nearly full is filled. */
const NEARLY = 0.85
/** How much lower than the target a row may be so that nothing is left over after it. */
const LOWEST = 0.75

export function clampRatio(ratio: number): number {
  return Math.min(WIDEST, Math.max(NARROWEST, ratio || 1))
}

interface Row {
  /** The number of the photo after its last. */
  end: number
  height: number
}

/** The row that begins at a photo: it ends where its height is nearest to the target. */
function rowFrom(start: number, ratios: ArrayLike<number>, { width, target, gap }: Frame): Row {
  let sum = 0
  let end = start
  const height = (photos: number, ratio: number): number => (width - gap * (photos - 1)) / ratio
  while (end < ratios.length) {
    const ratio = clampRatio(ratios[end] ?? 1)
    const [before, after] = [height(end - start, sum), height(end + 1 - start, sum + ratio)]
    if (after <= target) {
      // With this photo the row is too low, without it too high: whichever is nearer.
      const without = end > start && before - target < target - after
      return without ? { end, height: before } : { end: end + 1, height: after }
    }
    sum += ratio
    end += 1
  }
  const full = height(end - start, sum)
  return { end, height: full <= target / NEARLY ? full : target }
}

/** One or two photos that would be left alone in a last row come into the row before, where there is room. */
function withRest(start: number, row: Row, ratios: ArrayLike<number>, { width, target, gap }: Frame): Row {
  const n = ratios.length
  if (row.end === n || n - row.end > 2) return row
  let sum = 0
  for (let i = start; i < n; i++) sum += clampRatio(ratios[i] ?? 1)
  const height = (width - gap * (n - start - 1)) / sum
  return height >= target * LOWEST ? { end: n, height } : row
}

/** Fill rows from left to right, all to the width, the last one only if it nearly is. */
export function justify(ratios: ArrayLike<number>, frame: Frame): Layout {
  const n = ratios.length
  const x = new Float32Array(n)
  const w = new Float32Array(n)
  const starts: number[] = []
  const tops: number[] = []
  let y = 0
  for (let start = 0; start < n;) {
    const { end, height } = withRest(start, rowFrom(start, ratios, frame), ratios, frame)
    let left = 0
    for (let i = start; i < end; i++) {
      x[i] = left
      w[i] = clampRatio(ratios[i] ?? 1) * height
      left += (w[i] ?? 0) + frame.gap
    }
    starts.push(start)
    tops.push(y)
    y += height + frame.gap
    start = end
  }
  return { x, w, rowStart: Int32Array.of(...starts, n), rowY: Float32Array.of(...tops, y), height: y }
}

/** About how high `count` photos will be that nobody knows the shapes of yet. */
export function estimate(count: number, { width, target, gap }: Frame): number {
  const perRow = Math.max(1, (width + gap) / (target * USUAL + gap))
  return Math.ceil(count / perRow) * (target + gap)
}

/** The last index at which an ascending array is not above a value; 0 if all are above. */
export function lastAtMost(sorted: ArrayLike<number>, value: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((sorted[middle] ?? 0) <= value) low = middle
    else high = middle - 1
  }
  return low
}

/** The photos whose rows touch the span from `top` to `bottom`: from the first index to before the second. */
export function between(layout: Layout, top: number, bottom: number): [number, number] {
  const rows = layout.rowStart.length - 1
  if (rows < 1 || bottom < 0 || top > layout.height) return [0, 0]
  const first = Math.min(rows - 1, lastAtMost(layout.rowY, top))
  const last = Math.min(rows - 1, lastAtMost(layout.rowY, bottom))
  return [layout.rowStart[first] ?? 0, layout.rowStart[last + 1] ?? 0]
}

export interface Box {
  x: number
  y: number
  w: number
  h: number
}

export function boxOf(layout: Layout, index: number, gap: number): Box {
  const row = lastAtMost(layout.rowStart, index)
  const y = layout.rowY[row] ?? 0
  return { x: layout.x[index] ?? 0, y, w: layout.w[index] ?? 0, h: (layout.rowY[row + 1] ?? y) - y - gap }
}

/** The photo of a row that is nearest to a place across; -1 where there is no such row. */
export function nearestInRow(layout: Layout, row: number, centre: number): number {
  if (row < 0 || row >= layout.rowStart.length - 1) return -1
  let best = -1
  let least = Infinity
  for (let i = layout.rowStart[row] ?? 0; i < (layout.rowStart[row + 1] ?? 0); i++) {
    const away = Math.abs((layout.x[i] ?? 0) + (layout.w[i] ?? 0) / 2 - centre)
    if (away < least) [best, least] = [i, away]
  }
  return best
}
