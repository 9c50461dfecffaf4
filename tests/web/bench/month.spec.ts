import { expect, test } from '@playwright/test'
import { syntheticLibrary, type Synthetic } from '../support/synthetic.ts'

const PHOTOS = 100_000
const MONTHS = 20 // of some 5,000 photos each
const COSTS = { months: MONTHS, waitMs: 60, photoMs: 0.4 } // 0.4 ms is what this library takes for a photo of a page
const FIRST_MS = 1000
const PLACES = { top: 0, middle: 0.5, end: 0.95 } as const

let library: Synthetic

test.beforeAll(async () => {
  library = await syntheticLibrary(PHOTOS, COSTS)
})

test.afterAll(async () => {
  await library.close()
})

for (const [name, share] of Object.entries(PLACES))
  test(`a jump into a month of 5,000 photos shows them soon, ${name}`, async ({ page }) => {
    await page.goto(library.url)
    await expect(page.locator('main img.loaded').first()).toBeVisible()
    const took = await page.evaluate(async (share) => {
      const section = (number: number): DOMRect | undefined => document.querySelectorAll('.section')[number]?.getBoundingClientRect()
      // To the tenth of the twenty months, then to a place in it.
      scrollTo({ top: document.documentElement.scrollHeight * 0.45, behavior: 'instant' })
      await new Promise((resolve) => setTimeout(resolve, 60))
      const box = [0, 1, 2].map(section).find((each) => each && each.bottom > innerHeight)!
      scrollBy({ top: box.top + share * box.height - 100, behavior: 'instant' })
      const begin = performance.now()
      for (;;) {
        const seen = [...document.querySelectorAll<HTMLElement>('[data-photo] img.loaded')].filter((image) => {
          const { top, bottom } = image.getBoundingClientRect()
          return bottom > 100 && top < innerHeight
        })
        if (seen.length >= 6) return performance.now() - begin
        if (performance.now() - begin > 30_000) return Infinity
        await new Promise(requestAnimationFrame)
      }
    }, share)
    console.log(`a month of 5,000, ${name}: first photos after ${took.toFixed(0)} ms, ${library.pages()} pages`)
    if (name === 'top') expect(took).toBeLessThanOrEqual(FIRST_MS)
  })
