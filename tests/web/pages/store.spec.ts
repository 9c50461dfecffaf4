import { mkdirSync, readFileSync } from 'node:fs'
import type { Download, Page } from '@playwright/test'
import { bridgeMore, type Bridge } from '../support/bridge.ts'
import { expect, signIn, test as base } from '../support/gallery.ts'
import { keepLook } from '../support/looks.ts'
import { bytesOf, drawn } from '../support/photos.ts'
import { storeOf, type Store } from '../support/store.ts'

/** Originals come straight from an object store: the bridge redirects to another origin. */
interface Redirected {
  store: Store
  bridge: Bridge
  /** A photo bigger than its preview, and its file. */
  big: { photoId: string; file: string }
  /** Its viewer. */
  viewer: Page
}

const test = base.extend<Redirected & { origins: 'told' | 'untold' }>({
  origins: ['told', { option: true }],
  store: async ({ stage }, use) => {
    const store = await storeOf(stage.libraryHttp)
    await use(store)
    await store.close()
  },
  bridge: async ({ stage, store, origins }, use, info) => {
    mkdirSync(info.outputDir, { recursive: true })
    const pictures: Record<string, string> = origins === 'told' ? { PICTURES: store.url } : {}
    const bridge = await bridgeMore(stage, info.outputDir, { HOST_HTTP: store.http, ...pictures })
    await use(bridge)
    await bridge.stop()
  },
  big: async ({ person }, use, info) => {
    mkdirSync(info.outputDir, { recursive: true })
    const file = drawn(info.outputPath('panorama.png'), 2880, 1200)
    const [photoId] = await person.upload([file])
    await person.ready([photoId!])
    await use({ photoId: photoId!, file })
  },
  viewer: async ({ page, bridge, person, big }, use) => {
    await signIn(page, person, bridge.url)
    await page.goto(`${bridge.url}/?photo=${big.photoId}`)
    await expect.poll(() => picture(page)).toMatchObject({ whole: true })
    await use(page)
  },
})

/** What of the photo is shown. */
function picture(page: Page) {
  return page.evaluate(() => {
    const image = document.querySelector<HTMLImageElement>('.pswp__item[aria-hidden=false] img.pswp__img:not(.pswp__img--placeholder)')
    return { of: image?.currentSrc.split('/').at(-1), whole: !!image?.complete && image.naturalWidth > 0 }
  })
}

async function download(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Download' }).click()
}

/** What is saved, by this page or by one that it opens for that. */
async function downloaded(page: Page, file: string): Promise<{ name: string; whole: boolean }> {
  const saved = new Promise<Download>((resolve) => {
    page.once('download', resolve)
    page.context().once('page', (another) => another.once('download', resolve))
  })
  await download(page)
  const name = (await saved).suggestedFilename()
  return { name, whole: readFileSync(await (await saved).path()).equals(bytesOf(file)) }
}

async function zoomIn(page: Page): Promise<void> {
  for (let times = 0; times < 4; times++) await page.keyboard.press('+')
}

test('zooming in shows the original from the store, which hears nothing of the session', async ({ viewer, store }) => {
  const refused: string[] = []
  viewer.on('console', (said) => /Content Security Policy|CORS/.test(said.text()) && refused.push(said.text()))
  expect(store.asked, 'the preview is enough at first').toEqual([])
  await zoomIn(viewer)
  await expect.poll(() => store.asked.length).toBe(1)
  await expect.poll(() => picture(viewer)).toEqual({ of: 'original', whole: true })
  await keepLook(viewer, 'store-zoomed')
  const [{ method, headers }] = store.asked as [Store['asked'][number]]
  expect(method).toBe('GET')
  expect([headers.cookie, headers.authorization, headers.referer]).toEqual([undefined, undefined, undefined])
  expect(refused).toEqual([])
})

test('an original is downloaded from the store, under its name, and the page stays', async ({ viewer, store, big }) => {
  const at = viewer.url()
  expect(await downloaded(viewer, big.file)).toEqual({ name: 'panorama.png', whole: true })
  expect(store.asked.map(({ headers }) => headers.range), 'its first byte, then all of it').toEqual(['bytes=0-0', undefined])
  expect(viewer.url()).toBe(at)
  await expect(viewer.getByRole('dialog')).toBeVisible()
})

test('a store that pages may not read is downloaded from all the same', async ({ viewer, store, big }) => {
  store.hush()
  expect(await downloaded(viewer, big.file)).toEqual({ name: 'panorama.png', whole: true })
  await expect(viewer.getByRole('dialog')).toBeVisible()
})

test('a download that the store refuses is said, and leaves the page as it is', async ({ viewer, store }) => {
  store.refuse()
  const at = viewer.url()
  await download(viewer)
  const said = viewer.getByRole('status').filter({ hasText: 'The storage of the originals does not give this file.' })
  await expect(said).toBeVisible()
  await keepLook(viewer, 'store-refused')
  await said.getByRole('button', { name: 'Dismiss' }).click() // it is in front of the photo
  expect(viewer.url()).toBe(at)
  await expect(viewer.getByRole('dialog')).toBeVisible()
})

test('what a store says that pages may not read comes in a page of its own', async ({ viewer, store }) => {
  store.hush()
  store.refuse()
  const at = viewer.url()
  const another = viewer.context().waitForEvent('page')
  await download(viewer)
  await expect((await another).locator('body')).toContainText('AccessDenied')
  expect(viewer.url()).toBe(at)
  await expect(viewer.getByRole('dialog')).toBeVisible()
})

test('where the store gives no original, zooming in keeps the preview', async ({ viewer, store }) => {
  store.refuse()
  await zoomIn(viewer)
  await expect.poll(() => store.asked.length).toBe(1)
  await expect.poll(() => picture(viewer)).toEqual({ of: 'preview', whole: true })
  await keepLook(viewer, 'store-without')
})

test.describe('a bridge that was not told of the store', () => {
  test.use({ origins: 'untold' })

  test('keeps the preview when somebody zooms in, and downloads all the same', async ({ viewer, store, big }) => {
    const blocked = viewer.waitForEvent('console', (said) => said.text().includes('Content Security Policy'))
    await zoomIn(viewer)
    await blocked
    await expect.poll(() => picture(viewer)).toEqual({ of: 'preview', whole: true })
    expect(store.asked).toEqual([])
    expect(await downloaded(viewer, big.file)).toEqual({ name: 'panorama.png', whole: true })
  })
})
