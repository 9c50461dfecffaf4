import { gzipSync } from 'node:zlib'
import { expect, test, tiles } from '../support/gallery.ts'
import { judge } from '../support/accessible.ts'

const MOST_BYTES = 150_000 // of scripts, compressed, until the first photos are there

test('the first load takes at most 150 kB of scripts', async ({ gallery }) => {
  const scripts: Promise<Buffer>[] = []
  gallery.on('response', (response) => {
    if (new URL(response.url()).pathname.endsWith('.js')) scripts.push(response.body())
  })
  await gallery.goto('/')
  await expect(tiles(gallery).first()).toBeVisible()
  const sizes = (await Promise.all(scripts)).map((body) => gzipSync(body).length)
  const all = sizes.reduce((sum, size) => sum + size, 0)
  console.log(`first load: ${sizes.length} scripts, ${(all / 1000).toFixed(1)} kB compressed`)
  expect(all).toBeLessThanOrEqual(MOST_BYTES)
})

test('a library that does not answer is said so, and asked again', async ({ gallery }) => {
  await gallery.route('**/v1/albums?**', (route) => route.abort())
  await gallery.goto('/albums')
  await expect(gallery.getByRole('heading', { name: 'The library does not answer' })).toBeVisible()
  await judge(gallery, 'albums-offline')
  await gallery.unroute('**/v1/albums?**')
  await gallery.getByRole('button', { name: 'Try again' }).click()
  await expect(gallery.getByRole('heading', { name: 'Albums', exact: true })).toBeVisible()
})

test('an error of the library is said in words, and can be tried again', async ({ gallery }) => {
  const body = { code: 14, message: 'no', details: [{ reason: 'INDEX_UNAVAILABLE', domain: 'tintype' }] }
  await gallery.route('**/v1/photos:search', (route) => route.fulfill({ status: 503, json: body }))
  await gallery.goto('/search?q=dog')
  await expect(gallery.getByRole('alert').getByRole('button', { name: 'Try again' })).toBeVisible()
  await judge(gallery, 'search-error')
})

test('being offline is said on every page', async ({ gallery }) => {
  await gallery.goto('/albums')
  await expect(gallery.getByRole('heading', { name: 'Albums', exact: true })).toBeVisible()
  await gallery.context().setOffline(true)
  await expect(gallery.getByText('You are offline.')).toBeVisible()
  await gallery.context().setOffline(false)
  await expect(gallery.getByText('You are offline.')).toBeHidden()
})

test('it can be installed, and takes photos that other apps share', async ({ gallery, stage }) => {
  await gallery.goto('/')
  const address = await gallery.locator('link[rel=manifest]').getAttribute('href')
  const manifest = (await (await fetch(new URL(address ?? '', stage.url))).json()) as {
    icons: { src: string }[]
    share_target: { action: string; method: string }
    display: string
  }
  expect(manifest.display).toBe('standalone')
  expect(manifest.share_target).toMatchObject({ action: '/upload', method: 'POST' })
  for (const { src } of manifest.icons) expect((await fetch(new URL(src, stage.url))).status).toBe(200)
  expect((await fetch(new URL('/sw.js', stage.url))).status).toBe(200)
})

test('everything is said in German too, and no key of a text is left to see', async ({ gallery }) => {
  await gallery.addInitScript(() => localStorage.setItem('tintype.locale', 'de'))
  for (const path of ['/', '/search', '/albums', '/map', '/upload', '/tags', '/trash', '/archive', '/favourites', '/events']) {
    await gallery.goto(path)
    await expect(gallery.locator('html')).toHaveAttribute('lang', 'de')
    const said = await gallery.getByRole('main').innerText()
    expect(said).not.toMatch(/\b[a-z]+\.[a-zA-Z]+(\.[a-zA-Z]+)+\b/)
    expect(said).not.toMatch(/\b(photos|albums|trash|upload)\b/)
  }
})
