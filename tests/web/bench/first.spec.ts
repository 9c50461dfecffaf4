import { expect, test, type Browser, type BrowserContext } from '@playwright/test'
import { signIn } from '../support/gallery.ts'
import setUp, { stage } from '../support/stage.ts'
import { PROFILES, throttle, type Profile } from '../support/throttle.ts'

const TIMES = Number(process.env.TINTYPE_FIRST_TIMES ?? 5)
const FIRST = 6 // photos: the first row of a desktop, the first two of a phone
const MOST_MS = 1000
// What the mark is for: this machine on a throttled line. With a quarter of its processor, or where the scripts alone take
// 600 ms to come, it is measured and held to nothing.
const HELD: readonly string[] = ['desktop', 'fast 4G']

interface Seen {
  /** Milliseconds from the start of the navigation until so many photos in the window were decoded and drawn. */
  one: number
  first: number
  all: number
  /** When the answers and the scripts were there. */
  page: number
  scripts: number
  photos: number
}

let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>
let end: (() => Promise<void>) | undefined

test.beforeAll(async ({ browser }) => {
  test.setTimeout(600_000)
  end = await setUp()
  const context = await browser.newContext({ baseURL: stage().url })
  await signIn(await context.newPage(), stage())
  signedIn = await context.storageState()
  await context.close()
})

test.afterAll(async () => {
  await end?.()
})

for (const [name, profile] of Object.entries(PROFILES))
  test(`the first photos are there within a second, ${name}`, async ({ browser }) => {
    const runs: Record<'cold' | 'warm', Seen[]> = { cold: [], warm: [] }
    for (let run = 0; run < TIMES; run++) {
      const { cold, warm } = await opened(browser, profile)
      runs.cold.push(cold)
      runs.warm.push(warm)
    }
    for (const [cache, seen] of Object.entries(runs)) {
      const found = middle(seen)
      console.log(
        `first photos ${name}, ${cache}: one ${found.one} ms, ${FIRST} ${found.first} ms, the window ${found.all} ms ` +
          `(page ${found.page}, scripts ${found.scripts}, list ${found.photos})`,
      )
      if (HELD.includes(name)) expect.soft(found.first, cache).toBeLessThanOrEqual(MOST_MS)
    }
  })

/** Cold: a browser that has the session and nothing else. Warm: it comes back, and the service worker is there. */
async function opened(browser: Browser, profile: Profile): Promise<{ cold: Seen; warm: Seen }> {
  const { url } = stage()
  const context = await browser.newContext({ storageState: signedIn, viewport: profile.viewport, serviceWorkers: 'allow' })
  const page = await context.newPage()
  await page.addInitScript(watch, FIRST)
  await throttle(page, profile)
  const look = async (): Promise<Seen> => {
    await page.goto(url, { waitUntil: 'commit' })
    const seen = await page.waitForFunction(() => (window as unknown as { seen?: Seen }).seen)
    return (await seen.jsonValue()) as Seen
  }
  const cold = await look()
  await page.waitForFunction(() => navigator.serviceWorker.controller)
  await page.waitForLoadState('networkidle').catch(() => undefined) // the stream of events stays open
  await page.goto('about:blank')
  const warm = await look()
  await context.close()
  return { cold, warm }
}

/** Runs in the page: says in `seen` when photos were drawn. */
function watch(first: number): void {
  const seen = { one: 0, first: 0, all: 0, page: 0, scripts: 0, photos: 0 }
  const inWindow = (image: HTMLImageElement): boolean => {
    const { top, bottom } = image.getBoundingClientRect()
    return bottom > 0 && top < innerHeight
  }
  function ends(part: string): number[] {
    const found = performance.getEntriesByType('resource').filter(({ name }) => name.includes(part))
    return found.map((each) => Math.round((each as PerformanceResourceTiming).responseEnd)).sort((a, b) => a - b)
  }
  const [asked, decoded] = [new Set<HTMLImageElement>(), new Set<HTMLImageElement>()]
  function look(now: number): void {
    const images = [...document.querySelectorAll<HTMLImageElement>('[data-photo] img')].filter(inWindow)
    for (const image of images) {
      if (asked.has(image) || !image.complete || !image.naturalWidth) continue
      asked.add(image)
      void image.decode().then(() => decoded.add(image), () => asked.delete(image))
    }
    const drawn = images.filter((image) => decoded.has(image)).length
    if (drawn >= 1) seen.one ||= Math.round(now)
    if (drawn >= first) seen.first ||= Math.round(now)
    if (drawn < first || drawn < images.length) return void requestAnimationFrame(look)
    seen.all = Math.round(now)
    const [page] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    Object.assign(seen, { page: Math.round(page?.responseEnd ?? 0), scripts: ends('.js').at(-1), photos: ends('/v1/photos?')[0] })
    Object.assign(window, { seen })
  }
  requestAnimationFrame(look)
}

function middle(seen: Seen[]): Seen {
  const of = (key: keyof Seen): number => seen.map((each) => each[key]).sort((a, b) => a - b)[Math.floor(seen.length / 2)] ?? 0
  return { one: of('one'), first: of('first'), all: of('all'), page: of('page'), scripts: of('scripts'), photos: of('photos') }
}
