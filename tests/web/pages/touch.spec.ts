import type { Page } from '@playwright/test'
import { expect, test, tiles } from '../support/gallery.ts'
import { keepLook, settled } from '../support/looks.ts'
import { doubleTap, touch } from '../support/touch.ts'

test.use({ hasTouch: true, isMobile: true, viewport: { width: 360, height: 740 } })

const MIDDLE = { x: 180, y: 380 }

async function openFirst(gallery: Page): Promise<void> {
  await gallery.goto('/')
  await gallery.getByRole('link', { name: /captioned-|IMG_|DSCF/ }).first().tap() // one that fills the window
  await expect(gallery.getByRole('dialog')).toBeVisible()
  await expect.poll(() => widthShown(gallery)).toBeGreaterThan(100)
}

const shown = (page: Page) => new URL(page.url()).searchParams.get('photo')

/** Of the photo in the middle of the window, in pixels. */
function widthShown(page: Page): Promise<number> {
  return page.evaluate(({ x, y }) => {
    const found = [...document.querySelectorAll<HTMLElement>('.pswp__item img')].map((image) => image.getBoundingClientRect())
    const here = found.filter((box) => box.left < x && box.right > x && box.top < y && box.bottom > y)
    return Math.max(0, ...here.map((box) => box.width))
  }, MIDDLE)
}

test('a finger goes to the next photo and back, and downwards closes', async ({ gallery }) => {
  await openFirst(gallery)
  const first = shown(gallery)
  await touch(gallery, [[{ x: 320, y: 380 }, { x: 40, y: 390 }]])
  await expect.poll(() => shown(gallery)).not.toBe(first)
  await settled(gallery)
  await keepLook(gallery, 'touch-next')
  await touch(gallery, [[{ x: 40, y: 380 }, { x: 320, y: 370 }]])
  await expect.poll(() => shown(gallery)).toBe(first)
  await touch(gallery, [[MIDDLE, { x: 185, y: 720 }]])
  await expect(gallery.getByRole('dialog')).toBeHidden()
  expect(shown(gallery)).toBeNull()
})

test('two fingers zoom in, one moves the photo then, and two taps zoom out', async ({ gallery }) => {
  await openFirst(gallery)
  const first = shown(gallery)
  const fitted = await widthShown(gallery)
  await touch(gallery, [
    [{ x: 150, y: 380 }, { x: 60, y: 380 }],
    [{ x: 210, y: 380 }, { x: 300, y: 380 }],
  ])
  await expect.poll(() => widthShown(gallery)).toBeGreaterThan(fitted * 1.5)
  await settled(gallery)
  await keepLook(gallery, 'touch-zoomed')
  await touch(gallery, [[{ x: 180, y: 380 }, { x: 130, y: 380 }]])
  expect(shown(gallery)).toBe(first) // a finger moves a zoomed photo, not the row of photos
  await doubleTap(gallery, MIDDLE)
  await expect.poll(() => widthShown(gallery)).toBeLessThan(fitted * 1.05)
  await doubleTap(gallery, MIDDLE)
  await expect.poll(() => widthShown(gallery)).toBeGreaterThan(fitted * 1.5)
})

test('a long press chooses, and taps then add', async ({ gallery }) => {
  await gallery.goto('/')
  await expect(tiles(gallery).first()).toBeVisible()
  const box = await tiles(gallery).first().boundingBox()
  const devtools = await gallery.context().newCDPSession(gallery)
  const at = { x: (box?.x ?? 0) + 30, y: (box?.y ?? 0) + 30 }
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] })
  await expect(gallery.getByText('1 chosen')).toBeVisible()
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await expect(gallery.getByText('1 chosen')).toBeVisible() // to let go is no tap
  await tiles(gallery).nth(1).tap()
  await expect(gallery.getByText('2 chosen')).toBeVisible()
  await keepLook(gallery, 'touch-chosen')
})
