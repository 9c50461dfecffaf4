import { expect, test } from '@playwright/test'
import { syntheticLibrary, type Synthetic } from '../support/synthetic.ts'

const PHOTOS = 100_000
const MONTHS = 20 // of some 5,000 photos each
const COSTS = { months: MONTHS, waitMs: 60, photoMs: 0.4 } // 0.4 ms is what this library takes for a photo of a page
const FIRST_MS = 1000
const PLACES = { top: 0, middle: 0.5, end: 0.97 } as const

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
    const before = library.pages()
    const took = await page.evaluate(async (place) => {
      const grid = document.querySelector('.grid')!
      const jump = (to: number): void => {
        const { top, height } = grid.getBoundingClientRect()
        scrollTo({ top: scrollY + top + to * height, behavior: 'instant' })
      }
      jump(Math.max(0, place - 0.2)) // past what is not looked at, as a scrubber is dragged
      await new Promise((resolve) => setTimeout(resolve, 60))
      jump(place)
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
    }, library.place(5000, share))
    console.log(`a month of 5,000, ${name}: first photos after ${took.toFixed(0)} ms, ${library.pages() - before} pages`)
    expect(took).toBeLessThanOrEqual(FIRST_MS)
  })
