import type { Page } from '@playwright/test'

export interface Point {
  x: number
  y: number
}

/** Fingers on the screen, as the browser gets them from a phone; each goes from its first point to its last. */
export async function touch(page: Page, fingers: readonly (readonly [Point, Point])[], steps = 8): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  const at = (part: number): Point[] =>
    fingers.map(([from, to], id) => ({ x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part, id }))
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) })
  for (let step = 1; step <= steps; step++) {
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(step / steps) })
  }
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await devtools.detach()
}

/** Two quick taps of one finger. */
export async function doubleTap(page: Page, point: Point): Promise<void> {
  for (let tap = 0; tap < 2; tap++) await page.touchscreen.tap(point.x, point.y)
}
