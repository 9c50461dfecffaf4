import { expect, test, type Page } from '@playwright/test'
import { judge } from '../support/accessible.ts'
import { syntheticLibrary, type Synthetic } from '../support/synthetic.ts'

const PHOTOS = 6000 // of two months, one of 1,100 and one of 4,900
const DAYS = /^\d+\s?–\s?\d+ (July|August) 2026$/ // with thin spaces where Intl writes them

test.describe.configure({ timeout: 240_000 }) // axe looks at a page four times, and every key draws the grid anew

let library: Synthetic

test.beforeAll(async () => {
  library = await syntheticLibrary(PHOTOS, { months: 2, waitMs: 5, photoMs: 0 })
})

test.afterAll(async () => {
  await library.close()
})

const seen = (page: Page) => page.locator('[data-photo]:has(img.loaded)')
const headings = (page: Page) => page.getByRole('heading', { level: 2 })

/** To a place of the month of 4,900, once its photos are there. */
async function jump(page: Page, share: number): Promise<void> {
  await page.evaluate((place) => {
    const { top, height } = document.querySelector('.grid')!.getBoundingClientRect()
    scrollTo({ top: scrollY + top + place * height, behavior: 'instant' })
  }, library.place(4900, share))
  await expect.poll(() => inWindow(page)).not.toEqual([])
}

/** The photos whose pictures are seen. */
function inWindow(page: Page): Promise<string[]> {
  return seen(page).evaluateAll((all) =>
    all
      .filter((each) => {
        const { top, bottom } = each.getBoundingClientRect()
        return top > 80 && bottom < innerHeight
      })
      .map((each) => each.getAttribute('data-photo') ?? ''),
  )
}

test('a large month has sections of some days, in both languages, and the scrubber goes by months', async ({ page }) => {
  await page.goto(library.url)
  await expect(seen(page).first()).toBeVisible()
  await expect(headings(page).first()).toHaveText(DAYS)
  const scrubber = page.getByRole('slider', { name: 'Month' })
  await expect(scrubber).toHaveAttribute('aria-valuetext', 'August 2026')
  await scrubber.focus()
  await page.keyboard.press('ArrowDown')
  await expect(scrubber).toHaveAttribute('aria-valuetext', 'July 2026')
  await expect(scrubber).toHaveAttribute('aria-valuemax', '1')
  await expect(headings(page).filter({ hasText: 'July' }).first()).toHaveText(DAYS)
  await jump(page, 0.5)
  await scrubber.blur() // its label fades
  await judge(page, 'large-month')
  await page.evaluate(() => localStorage.setItem('tintype.locale', 'de'))
  await page.reload()
  await expect(headings(page).first()).toHaveText(/^\d+\.\s?–\s?\d+\. (Juli|August) 2026$/)
})

test('only what is near the window is asked for, at the end of a large month too', async ({ page }) => {
  await page.goto(library.url)
  await expect(seen(page).first()).toBeVisible()
  const before = library.pages()
  await jump(page, 0.97)
  expect(library.pages() - before).toBeLessThan(8) // of at most 500 photos; the month has ten
})

test('a photo in the midst of a large month is found by its address, and going away and back keeps the place', async ({ page }) => {
  await page.goto(`${library.url}/?photo=p1x3000`)
  const viewer = page.getByRole('dialog')
  await expect(viewer.getByRole('button', { name: 'Download' })).toBeEnabled() // the photo is there
  await page.keyboard.press('ArrowRight')
  await expect(page).toHaveURL(/photo=p1x3001/)
  await page.keyboard.press('Escape')
  await expect(viewer).toBeHidden()
  await expect(page.locator('[data-photo="p1x3001"]')).toBeFocused()
  await expect.poll(() => inWindow(page)).toContain('p1x3001')
  await page.getByRole('link', { name: 'Albums' }).first().click()
  await expect(page).toHaveURL(/albums/)
  await page.goBack()
  await expect.poll(() => inWindow(page)).toContain('p1x3001')
})

test('keys and choosing go on from one section of a month into the next', async ({ page }) => {
  await page.goto(library.url)
  await expect(seen(page).first()).toBeVisible()
  const last = page.locator('section').first().locator('[data-photo]').last()
  const first = page.locator('section').nth(1).locator('[data-photo]').first()
  await page.locator('[data-photo]').first().focus()
  await page.keyboard.press('Space')
  for (let pages = 0; !(await first.isVisible()) && pages < 60; pages++) await page.keyboard.press('PageDown')
  const edge = Number(await first.getAttribute('data-at'))
  expect(Number(await last.getAttribute('data-at'))).toBe(edge - 1)
  await last.focus()
  await page.keyboard.press('ArrowRight')
  await expect(first).toBeFocused()
  await first.click({ modifiers: ['Shift'] })
  await expect(page.getByText(`${edge + 1} chosen`)).toBeVisible()
})
