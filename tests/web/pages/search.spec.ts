import { judge } from '../support/accessible.ts'
import { expect, test, tiles } from '../support/gallery.ts'
import { keepLooks } from '../support/looks.ts'
import { fileOf } from '../support/photos.ts'

const box = { name: 'Search your photos' }

test('one box finds photos and says of each why', async ({ gallery, stage }) => {
  await gallery.goto('/')
  await gallery.getByRole('combobox', box).fill(stage.samples ? 'dog' : 'sunset')
  await gallery.keyboard.press('Enter')
  await expect(gallery).toHaveURL(/\/search\?q=/)
  await expect(gallery.getByRole('status').filter({ hasText: /photos?$/ })).toBeVisible()
  await expect(gallery.locator('.why').first()).toHaveText(/“(dog|sunset)/)
})

test('how the words were understood is shown as chips that can be removed', async ({ gallery, stage }) => {
  test.skip(!stage.samples, '../shared/samples is not beside this clone')
  await gallery.goto(`/search?q=${encodeURIComponent('dog 2026')}`)
  const chips = gallery.getByRole('list', { name: 'What is searched for' })
  await expect(chips.getByText('2026')).toBeVisible()
  await judge(gallery, 'search-understood')
  await chips.getByRole('button', { name: 'Remove “2026”' }).click()
  await expect(gallery).toHaveURL(/q=dog$/)
  await expect(gallery.getByRole('combobox', box)).toHaveValue('dog')
  await gallery.goto(`/search?q=${encodeURIComponent('dog 2026')}`)
  await gallery.getByRole('button', { name: 'Search for the words as typed' }).click()
  await expect(chips.getByText('words as typed')).toBeVisible()
})

test('filters narrow the results, and going back widens them again', async ({ gallery, stage }) => {
  test.skip(!stage.samples, '../shared/samples is not beside this clone')
  await gallery.goto('/search?q=street')
  const found = gallery.getByRole('status').filter({ hasText: /photos?$/ })
  await expect(found).toBeVisible()
  const before = await found.textContent()
  await gallery.getByRole('button', { name: 'Filters' }).click()
  await judge(gallery, 'search-filters')
  await gallery.getByRole('group', { name: 'Year' }).getByRole('checkbox').first().check()
  await expect(gallery).toHaveURL(/years=\d{4}/)
  await expect(found).not.toHaveText(before ?? '')
  await gallery.goBack()
  await expect(found).toHaveText(before ?? '')
})

test('suggestions complete what is typed, and are chosen by keyboard', async ({ gallery, stage }) => {
  test.skip(!stage.samples, '../shared/samples is not beside this clone')
  await gallery.goto('/')
  await gallery.getByRole('combobox', box).pressSequentially('pers')
  const list = gallery.getByRole('listbox', { name: 'Suggestions' })
  await expect(list.getByRole('option').filter({ hasText: 'person' })).toBeVisible()
  await judge(gallery, 'suggestions')
  await gallery.keyboard.press('ArrowDown')
  await expect(list.getByRole('option').first()).toHaveAttribute('aria-selected', 'true')
  await gallery.keyboard.press('Enter')
  await expect(gallery).toHaveURL(/\/search\?q=pers/)
  await expect(list).toBeHidden()
})

test('the back button restores place and results without asking again', async ({ gallery }) => {
  await gallery.goto('/search?q=street')
  await expect(tiles(gallery).first()).toBeVisible()
  await gallery.evaluate(() => scrollTo(0, 900))
  await expect.poll(() => gallery.evaluate(() => scrollY)).toBeGreaterThan(500)
  const place = await gallery.evaluate(() => scrollY)
  let asked = 0 // a page that follows may still be on its way
  gallery.on('request', (request) => {
    if (request.url().includes(':search') && !request.postDataJSON().pageToken) asked++
  })
  await gallery.getByRole('link', { name: 'Albums' }).click()
  await expect(gallery.getByRole('heading', { name: 'Albums', exact: true })).toBeVisible()
  await gallery.goBack()
  await expect(tiles(gallery).first()).toBeVisible()
  await expect.poll(() => gallery.evaluate(() => scrollY)).toBe(place)
  expect(asked).toBe(0)
})

test('closing a photo, and going back to the search from elsewhere, lead to the same place', async ({ gallery }) => {
  await gallery.goto('/search?q=street')
  await expect(tiles(gallery).first()).toBeVisible()
  await gallery.evaluate(() => scrollTo(0, 700))
  await expect.poll(() => gallery.evaluate(() => scrollY)).toBeGreaterThan(400)
  const place = await gallery.evaluate(() => scrollY)
  const whole = (all: Element[]): string => {
    const boxes = all.map((tile) => [tile.getAttribute('data-photo') ?? '', tile.getBoundingClientRect()] as const)
    return boxes.find(([, box]) => box.top > 150 && box.bottom < innerHeight)?.[0] ?? ''
  }
  await expect.poll(() => tiles(gallery).evaluateAll(whole)).not.toBe('') // the grid follows the scroll
  const inSight = await tiles(gallery).evaluateAll(whole)
  await gallery.locator(`[data-photo="${inSight}"]`).click()
  await expect(gallery.getByRole('dialog')).toBeVisible()
  await gallery.goBack()
  await expect(gallery.getByRole('dialog')).toBeHidden()
  await expect.poll(() => gallery.evaluate(() => scrollY)).toBe(place)
  await gallery.locator(`[data-photo="${inSight}"]`).click()
  await gallery.getByRole('dialog').getByRole('link', { name: 'More like this' }).click()
  await expect(gallery).toHaveURL(/like=/)
  await expect(tiles(gallery).first()).toBeVisible()
  await gallery.goBack() // to the photo
  await gallery.goBack() // to the hits
  await expect(gallery.getByRole('dialog')).toBeHidden()
  await expect(gallery).toHaveURL(/q=street$/)
  await expect.poll(() => gallery.evaluate(() => scrollY)).toBe(place)
})

test('a picture that is chosen finds photos like it', async ({ gallery, stage }) => {
  const file = fileOf(stage, 'captioned-', 0)
  await gallery.goto('/')
  await gallery.locator('input[name=searchPicture]').setInputFiles(file)
  await expect(gallery.getByRole('list', { name: 'What is searched for' }).getByText('your picture')).toBeVisible()
  await expect(tiles(gallery).first()).toBeVisible()
  await expect(gallery.locator('.why').first()).toHaveText('Looks like your picture')
  await keepLooks(gallery, 'search-picture')
  await gallery.reload()
  await expect(tiles(gallery).first()).toBeVisible()
})

test('more like this looks for photos like one', async ({ gallery }) => {
  await gallery.goto('/')
  await tiles(gallery).first().click()
  await expect(gallery.getByRole('dialog')).toBeVisible()
  await gallery.getByRole('link', { name: /like this/i }).or(gallery.getByRole('button', { name: /like this/i })).first().click()
  await expect(gallery).toHaveURL(/like=/)
  await expect(gallery.getByText('this photo', { exact: true })).toBeVisible()
  await expect(tiles(gallery).first()).toBeVisible()
})

test('a search without results says so and offers a way on', async ({ gallery }) => {
  await gallery.goto('/search?q=zebra&years=1971')
  await expect(gallery.getByRole('heading', { name: 'Nothing found' })).toBeVisible()
  await judge(gallery, 'search-empty')
  await gallery.getByRole('button', { name: 'Remove all filters' }).click()
  await expect(tiles(gallery).first()).toBeVisible()
})
