import { expect, test, type CDPSession, type Page } from '@playwright/test'
import { syntheticLibrary, type Synthetic } from '../support/synthetic.ts'

const PHOTOS = 100_000
const FRAMES = Number(process.env.TINTYPE_SCROLL_FRAMES ?? 600)
const WARM_UP = 60 // frames: what is compiled and allocated once
const MOST_MS = 33 // 99 of 100 frames take at most two intervals of a 60 Hz screen
const MOST_HEAP_MIB = 160 // 100,000 photos as objects would be some 150 more than this
const MOST_NODES = 20_000
const SPEEDS = [120, 600, 3000] as const
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 360, height: 740 } } as const

let library: Synthetic

test.beforeAll(async () => {
  library = await syntheticLibrary(PHOTOS)
})

test.afterAll(async () => {
  await library.close()
})

for (const [size, viewport] of Object.entries(SIZES))
  test(`a timeline of 100,000 photos scrolls at 60 frames a second and keeps its memory bounded, ${size}`, async ({ page }) => {
    await page.setViewportSize(viewport)
    await page.goto(library.url)
    await expect(page.locator('main img').first()).toBeVisible()
    const devtools = await page.context().newCDPSession(page)
    for (const speed of SPEEDS) {
      const frames = await scrolled(page, speed)
      const { heap, nodes } = await memory(devtools)
      const p99 = percentile(frames, 0.99)
      console.log(
        `scroll ${size} ${speed} px a frame: p50 ${percentile(frames, 0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ` +
          `longest ${Math.max(...frames).toFixed(1)} ms, heap ${heap.toFixed(0)} MiB, ${nodes} nodes, ${library.pages()} pages`,
      )
      expect.soft(p99, `${speed} px a frame`).toBeLessThanOrEqual(MOST_MS)
      expect.soft(heap).toBeLessThanOrEqual(MOST_HEAP_MIB)
      expect.soft(nodes).toBeLessThanOrEqual(MOST_NODES)
    }
  })

/** How long each frame took while the page moved by so many pixels in every one, turning round at either end. */
async function scrolled(page: Page, speed: number): Promise<number[]> {
  const taken = await page.evaluate(
    async ({ speed, frames }) => {
      window.scrollTo(0, 0)
      const took: number[] = []
      let step = speed
      let last = await new Promise<number>(requestAnimationFrame)
      while (took.length < frames) {
        const bottom = document.documentElement.scrollHeight - innerHeight
        if (scrollY + step > bottom || scrollY + step < 0) step = -step
        window.scrollBy(0, step)
        const now = await new Promise<number>(requestAnimationFrame)
        took.push(now - last)
        last = now
      }
      return took
    },
    { speed, frames: FRAMES + WARM_UP },
  )
  return taken.slice(WARM_UP)
}

/** What is left after a collection. */
async function memory(devtools: CDPSession): Promise<{ heap: number; nodes: number }> {
  await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devtools.send('Runtime.getHeapUsage')
  const { nodes } = await devtools.send('Memory.getDOMCounters')
  return { heap: usedSize / 2 ** 20, nodes }
}

function percentile(values: number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length * part) - 1] ?? 0
}
