import { describe, expect, test } from 'vitest'
import { between, boxOf, clampRatio, estimate, justify, lastAtMost, nearestInRow } from '@/photos/layout'

const FRAME = { width: 1000, target: 200, gap: 4 }
const RATIOS = Array.from({ length: 57 }, (_, i) => [1.5, 0.75, 1.33, 1.78, 1][i % 5] ?? 1)

describe('justified rows', () => {
  test('full rows end at the width, and no photo is left out', () => {
    const layout = justify(RATIOS, FRAME)
    const rows = layout.rowStart.length - 1
    expect(layout.rowStart[rows]).toBe(RATIOS.length)
    for (let row = 0; row < rows - 1; row++) {
      const last = (layout.rowStart[row + 1] ?? 0) - 1
      expect((layout.x[last] ?? 0) + (layout.w[last] ?? 0)).toBeCloseTo(FRAME.width, 2)
    }
  })

  test('photos keep their shape', () => {
    const layout = justify(RATIOS, FRAME)
    RATIOS.forEach((ratio, i) => {
      const { w, h } = boxOf(layout, i, FRAME.gap)
      expect(w / h).toBeCloseTo(ratio, 2)
    })
  })

  test('a few photos in the last row are not blown up', () => {
    const layout = justify([1, 1], FRAME)
    expect(boxOf(layout, 0, FRAME.gap).h).toBeCloseTo(FRAME.target, 3)
  })

  test('a single panorama is cut instead of filling the window', () => {
    expect(clampRatio(12)).toBeLessThan(4)
    expect(clampRatio(0)).toBe(1)
  })

  test('nothing takes no room', () => {
    expect(justify([], FRAME).height).toBe(0)
    expect(between(justify([], FRAME), 0, 500)).toEqual([0, 0])
  })

  test('a window sees the rows that touch it and no others', () => {
    const layout = justify(RATIOS, FRAME)
    const [from, to] = between(layout, 300, 500)
    expect(boxOf(layout, from, 0).y).toBeLessThanOrEqual(300)
    expect(boxOf(layout, to - 1, 0).y).toBeLessThanOrEqual(500)
    expect(boxOf(layout, to, 0).y).toBeGreaterThan(500)
    expect(between(layout, layout.height + 10, layout.height + 20)).toEqual([0, 0])
  })

  test('the guess is near what comes out', () => {
    const real = justify(
      Array.from({ length: 400 }, (_, i) => RATIOS[i % RATIOS.length] ?? 1),
      FRAME,
    ).height
    expect(Math.abs(estimate(400, FRAME) - real) / real).toBeLessThan(0.2)
  })

  test('finding in sorted arrays', () => {
    expect([-1, 0, 4, 5, 99].map((value) => lastAtMost([0, 5, 10], value))).toEqual([0, 0, 0, 1, 2])
  })

  test('the photo below is the one under the middle', () => {
    const layout = justify([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], FRAME)
    expect(nearestInRow(layout, 1, 0)).toBe(layout.rowStart[1])
    expect(nearestInRow(layout, 99, 0)).toBe(-1)
  })
})

test('a photo that would be alone in the last row comes into the row before', () => {
  const layout = justify([1.33, 1.33, 1.33, 1.33, 1.33], { width: 1140, target: 196, gap: 4 })
  expect(layout.rowStart.length - 1).toBe(1)
})
