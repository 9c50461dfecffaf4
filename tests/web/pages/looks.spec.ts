import { judge } from '../support/accessible.ts'
import { expect, test, tiles } from '../support/gallery.ts'

// Every page, at phone and desktop size, light and dark: kept as pictures for whoever looks, and judged by axe.
const PAGES = {
  photos: { path: '/', there: '[data-photo] img.loaded' },
  search: { path: '/search', there: 'main h2' },
  found: { path: '/search?q=street', there: '[data-photo] img.loaded' },
  map: { path: '/map', there: '.pin img' },
  albums: { path: '/albums', there: 'main h1' },
  favourites: { path: '/favourites', there: 'main h1' },
  tags: { path: '/tags', there: 'main h1' },
  archive: { path: '/archive', there: 'main h1' },
  trash: { path: '/trash', there: 'main h1' },
  upload: { path: '/upload', there: 'main h1' },
  events: { path: '/events', there: 'main h1' },
  settings: { path: '/settings', there: '.list li' },
  lost: { path: '/nowhere', there: 'main h2' },
} as const

for (const [name, { path, there }] of Object.entries(PAGES))
  test(`the page ${name} looks right and is accessible`, async ({ gallery }) => {
    test.setTimeout(120_000)
    await gallery.goto(path)
    await expect(gallery.locator(there).first()).toBeVisible()
    await judge(gallery, name)
  })

for (const name of ['sign-in', 'sign-up'])
  test(`the page ${name} looks right and is accessible`, async ({ page }) => {
    await page.goto(`/${name}`)
    await expect(page.getByRole('heading')).toBeVisible()
    await judge(page, name)
  })

test('the viewer looks right and is accessible', async ({ gallery }) => {
  test.setTimeout(120_000)
  await gallery.goto('/')
  await tiles(gallery).first().click()
  await expect(gallery.getByRole('dialog')).toBeVisible()
  await judge(gallery, 'viewer')
  await gallery.keyboard.press('i')
  await expect(gallery.getByRole('complementary').last()).toBeVisible()
  await judge(gallery, 'viewer-details')
})

test('chosen photos look right and are accessible', async ({ gallery }) => {
  test.setTimeout(120_000)
  await gallery.goto('/')
  await tiles(gallery).first().focus()
  await gallery.keyboard.press('Space')
  await expect(gallery.getByRole('toolbar')).toBeVisible()
  await judge(gallery, 'chosen')
})
