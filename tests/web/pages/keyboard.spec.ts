import type { Page } from '@playwright/test'
import { expect, test, tiles } from '../support/gallery.ts'
import { keepLook } from '../support/looks.ts'
import { fileOf } from '../support/photos.ts'

// No test of this file touches a mouse.

/** Tab until something is reached, as somebody does who sees where the focus is. */
async function tabTo(page: Page, name: RegExp | string, most = 60): Promise<void> {
  const seen: string[] = []
  for (let step = 0; step < most; step++) {
    await page.keyboard.press('Tab')
    const here = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null
      return element?.ariaLabel || (element as HTMLInputElement | null)?.labels?.[0]?.innerText || element?.innerText || ''
    })
    seen.push(here.trim())
    if (typeof name === 'string' ? here.trim() === name : name.test(here)) return
  }
  throw new Error(`${name} was not reached, but: ${seen.join(' · ')}`)
}

const focusedPhoto = (page: Page) => page.evaluate(() => (document.activeElement as HTMLElement).dataset.photo ?? '')

/** Whether whoever looks can see where the focus is. */
function focusSeen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const element = document.activeElement
    if (!element || element === document.body) return false
    const box = element.getBoundingClientRect()
    const style = getComputedStyle(element)
    const ringed = style.outlineStyle !== 'none' || style.boxShadow !== 'none'
    return ringed && box.width > 0 && box.bottom > 0 && box.top < innerHeight
  })
}

test('somebody signs in, skips to the photos and walks the timeline', async ({ page, stage }) => {
  await page.goto('/sign-in')
  await tabTo(page, 'User name')
  await page.keyboard.type(stage.userName)
  await tabTo(page, /^Password/)
  await page.keyboard.type(stage.password)
  await page.keyboard.press('Enter')
  await expect(tiles(page).first()).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused()
  await keepLook(page, 'keyboard-skip')
  await page.keyboard.press('Enter')
  for (let step = 0; !(await focusedPhoto(page)) && step < 12; step++) await page.keyboard.press('Tab')
  const first = await focusedPhoto(page)
  expect(first).toBeTruthy()
  for (const key of ['ArrowRight', 'ArrowDown', 'PageDown', 'End']) {
    const before = await focusedPhoto(page)
    await page.keyboard.press(key)
    await expect.poll(() => focusedPhoto(page), { message: key }).not.toBe(before)
    await expect.poll(() => focusSeen(page), { message: `the focus is seen after ${key}` }).toBe(true)
  }
  await keepLook(page, 'keyboard-end')
  await page.keyboard.press('Home')
  await expect.poll(() => focusedPhoto(page)).toBe(first)
})

test('the viewer, its details and a dialog over it are worked by keys, and each gives the focus back', async ({
  theirs,
  person,
  stage,
}) => {
  await person.ready(await person.upload([15, 16].map((at) => fileOf(stage, 'captioned-', at))))
  await theirs.goto('/')
  await expect(tiles(theirs)).toHaveCount(2)
  for (let step = 0; !(await focusedPhoto(theirs)) && step < 40; step++) await theirs.keyboard.press('Tab')
  const opened = await focusedPhoto(theirs)
  await theirs.keyboard.press('Enter')
  const viewer = theirs.getByRole('dialog').first()
  await expect(viewer).toBeVisible()
  await theirs.keyboard.press('i')
  await expect(viewer.getByRole('region', { name: 'When' })).toBeVisible()
  await tabTo(theirs, 'Change date and time')
  expect(await focusSeen(theirs)).toBe(true)
  await theirs.keyboard.press('Enter')
  const dialog = theirs.getByRole('dialog', { name: 'Change date and time' })
  await expect(dialog).toBeVisible()
  const within = () => dialog.evaluate((element) => element.contains(document.activeElement))
  expect(await within()).toBe(true)
  for (let step = 0; step < 14; step++) {
    await theirs.keyboard.press('Tab')
    const out = await theirs.evaluate(() => document.activeElement === document.body)
    expect(out || (await within()), 'Tab stays in the dialog').toBe(true) // the browser's own bars are reached by it
  }
  await keepLook(theirs, 'keyboard-dialog')
  await theirs.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(viewer, 'Escape closes one thing at a time').toBeVisible()
  await expect(viewer.getByRole('button', { name: 'Change date and time' })).toBeFocused()
  await theirs.keyboard.press('f')
  await expect(viewer.getByRole('button', { name: 'Mark as favourite' })).toHaveAttribute('aria-pressed', 'true')
  await theirs.keyboard.press('Escape')
  await expect(viewer).toBeHidden()
  await expect.poll(() => focusedPhoto(theirs)).toBe(opened)
})

test('photos are chosen, put into an album and found there', async ({ theirs, person, stage }) => {
  await person.ready(await person.upload([17, 18].map((at) => fileOf(stage, 'captioned-', at))))
  await theirs.goto('/')
  await expect(tiles(theirs)).toHaveCount(2)
  for (let step = 0; !(await focusedPhoto(theirs)) && step < 40; step++) await theirs.keyboard.press('Tab')
  await theirs.keyboard.press('Space')
  await theirs.keyboard.press('Shift+ArrowRight')
  await expect(theirs.getByText('2 chosen')).toBeVisible()
  await tabTo(theirs, 'Add to an album')
  await theirs.keyboard.press('Enter')
  const dialog = theirs.getByRole('dialog')
  await expect(dialog).toBeVisible()
  await theirs.keyboard.type('By keys')
  await tabTo(theirs, /Create this album|By keys/, 8)
  await theirs.keyboard.press('Enter')
  await expect(theirs.getByText('2 photos are in “By keys”.')).toBeVisible()
  await tabTo(theirs, 'Albums')
  await theirs.keyboard.press('Enter')
  await expect(theirs.getByRole('heading', { name: 'Albums', exact: true })).toBeVisible()
  await tabTo(theirs, /By keys/)
  await theirs.keyboard.press('Enter')
  await expect(tiles(theirs)).toHaveCount(2)
  await keepLook(theirs, 'keyboard-album')
})

test('a menu is opened, walked and left, and the focus is where it was', async ({ theirs, person, stage }) => {
  await person.ready(await person.upload([fileOf(stage, 'captioned-', 19)]))
  await theirs.goto('/')
  await expect(tiles(theirs)).toHaveCount(1)
  for (let step = 0; !(await focusedPhoto(theirs)) && step < 40; step++) await theirs.keyboard.press('Tab')
  await theirs.keyboard.press('Space')
  await tabTo(theirs, 'More actions')
  await theirs.keyboard.press('Enter')
  const items = theirs.getByRole('menuitem')
  await expect(items.first()).toBeFocused()
  await theirs.keyboard.press('ArrowDown')
  await expect(items.nth(1)).toBeFocused()
  await theirs.keyboard.press('End')
  await expect(items.last()).toBeFocused()
  await keepLook(theirs, 'keyboard-menu')
  await theirs.keyboard.press('Escape')
  await expect(items).toHaveCount(0)
  await expect(theirs.getByRole('button', { name: 'More actions' })).toBeFocused()
})

test('the focus stays on the map when a pin parts into several', async ({ gallery, stage }) => {
  test.skip(!stage.samples, '../shared/samples is not beside this clone')
  await gallery.goto('/map')
  await expect(gallery.locator('.pin').first()).toBeVisible()
  await tabTo(gallery, /\d+ photos here/)
  const pins = () => gallery.locator('.pin').evaluateAll((all) => all.map((pin) => pin.getAttribute('aria-label')).join())
  const focused = () => gallery.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')
  for (let depth = 0; depth < 3 && /\d+ photos here/.test(await focused()); depth++) {
    const before = await pins()
    await gallery.keyboard.press('Enter')
    await expect.poll(pins, { message: 'the pin parts' }).not.toBe(before)
    await expect.poll(() => gallery.evaluate(() => document.activeElement?.classList.contains('pin'))).toBe(true)
  }
  expect(await focusSeen(gallery)).toBe(true)
  await keepLook(gallery, 'keyboard-map')
})
