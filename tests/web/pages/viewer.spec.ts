import type { Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test, tiles } from '../support/gallery.ts'
import { keepLook } from '../support/looks.ts'
import { bytesOf, fileOf } from '../support/photos.ts'

const shown = (page: Page) => new URL(page.url()).searchParams.get('photo')
const wide = (page: Page) =>
  page.evaluate(() => {
    const images = [...document.querySelectorAll('.pswp__item[aria-hidden=false] img')]
    return Math.max(0, ...images.map((image) => image.getBoundingClientRect().width))
  })

test('keys and the wheel zoom, and the neighbours are there before they are asked for', async ({ gallery }) => {
  const asked: string[] = []
  gallery.on('request', (request) => /media\/preview$/.test(request.url()) && asked.push(request.url()))
  await gallery.goto('/')
  const photo = gallery.getByRole('link', { name: /captioned-|IMG_|DSCF/ }).first() // one that fills the window
  await photo.click()
  await expect.poll(() => wide(gallery)).toBeGreaterThan(200)
  const fitted = await wide(gallery)
  await gallery.keyboard.press('+')
  await expect.poll(() => wide(gallery)).toBeGreaterThan(fitted * 1.3)
  await keepLook(gallery, 'viewer-zoomed')
  await gallery.keyboard.press('-')
  await expect.poll(() => wide(gallery)).toBeLessThan(fitted * 1.1)
  await gallery.mouse.move(700, 450)
  await gallery.mouse.wheel(0, -400)
  await expect.poll(() => wide(gallery)).toBeGreaterThan(fitted * 1.1)
  await expect.poll(() => new Set(asked).size, 'this one and those beside it').toBeGreaterThan(2)
  const before = asked.length
  await gallery.keyboard.press('ArrowRight')
  const next = shown(gallery)
  expect(asked.slice(0, before).some((url) => url.includes(next ?? '-'))).toBe(true)
})

test('a photo that is trashed gives way to the next, and one that arrives does not move what is looked at', async ({
  theirs,
  person,
  stage,
}) => {
  const photoIds = await person.upload([21, 22, 23].map((at) => fileOf(stage, 'captioned-', at)))
  await person.ready(photoIds)
  await theirs.goto('/')
  await expect(tiles(theirs)).toHaveCount(3)
  await tiles(theirs).nth(1).click()
  const viewer = theirs.getByRole('dialog')
  await expect(viewer.getByText('2 / 3')).toBeVisible()
  const looked = shown(theirs)
  await person.upload([fileOf(stage, 'captioned-', 24)])
  await expect(viewer.getByText('3 / 4')).toBeVisible({ timeout: 30_000 })
  expect(shown(theirs)).toBe(looked)
  await theirs.keyboard.press('Delete')
  await expect(viewer.getByText('3 / 3')).toBeVisible()
  await expect(viewer).toBeVisible()
  expect(shown(theirs)).not.toBe(looked)
  await keepLook(theirs, 'viewer-after-trash')
})

test('what is said while a photo is looked at is in front of it, and can be taken back there', async ({ theirs, person, stage }) => {
  const photoIds = await person.upload([26, 27].map((at) => fileOf(stage, 'captioned-', at)))
  await person.ready(photoIds)
  await theirs.goto('/')
  await expect(tiles(theirs)).toHaveCount(2)
  await tiles(theirs).last().click()
  const viewer = theirs.getByRole('dialog')
  await expect(viewer.getByText('2 / 2')).toBeVisible()
  await expect.poll(() => wide(theirs)).toBeGreaterThan(200)
  await theirs.route('**/v1/timeline*', async (route) => {
    const answer = await route.fetch()
    await wait(500) // how many there are is known later than which
    await route.fulfill({ response: answer })
  })
  await theirs.keyboard.press('Delete')
  await expect(viewer.getByText('1 / 1')).toBeVisible()
  await keepLook(theirs, 'viewer-undo')
  await viewer.getByRole('status').getByRole('button', { name: 'Undo' }).click()
  await expect(viewer.getByText(/ \/ 2/)).toBeVisible()
  await expect(viewer.getByRole('button', { name: 'Move to the trash' })).toBeEnabled()
  const shownBefore = shown(theirs)
  await theirs.keyboard.press('Delete') // the keys are still the viewer's
  await expect(viewer.getByText('1 / 1')).toBeVisible()
  await expect.poll(() => shown(theirs)).not.toBe(shownBefore)
  await expect(viewer.getByRole('button', { name: 'Move to the trash' })).toBeEnabled()
  await theirs.keyboard.press('Delete')
  await expect(viewer).toHaveCount(0) // the last one is gone, and what is said of it stays
  await theirs.getByRole('status').getByRole('button', { name: 'Undo' }).last().click()
  await expect(tiles(theirs)).toHaveCount(1)
  await theirs.unrouteAll({ behavior: 'ignoreErrors' })
})

test('what is known of a photo says where it comes from, and is edited in place', async ({ theirs, person, stage }) => {
  test.skip(!stage.samples, '../shared/samples is not beside this clone')
  const [photoId] = await person.upload([fileOf(stage, 'labelled-', 0)])
  await person.ready([photoId!])
  await theirs.goto(`/?photo=${photoId}`)
  const viewer = theirs.getByRole('dialog')
  await expect(viewer).toBeVisible()
  await theirs.keyboard.press('i')
  await expect(viewer.getByRole('region', { name: 'When' })).toContainText(/From the|Nothing says it/)
  await expect(viewer.getByRole('region', { name: 'File' })).toContainText(/image\/jpeg/)
  await expect(viewer.getByRole('link', { name: /, Found by .+, \d+\s?% sure/ }).first()).toBeVisible()
  const steps = viewer.getByRole('region', { name: 'Processing' })
  await steps.getByText('Fully processed').click()
  await expect(steps.getByRole('listitem').filter({ hasText: 'Thumbnails' })).toContainText('done')
  await viewer.getByLabel('Title', { exact: true }).fill('The bird at the window')
  await viewer.getByLabel('Description').click() // a field is kept when it is left
  await viewer.getByLabel('Add a tag').fill('my own tag')
  await theirs.keyboard.press('Enter')
  await expect(viewer.getByRole('link', { name: /^my own tag ?, Set by you$/ })).toBeVisible()
  await keepLook(theirs, 'viewer-edited')
  interface Edited {
    title: string
    tags: { name: string }[]
  }
  await expect.poll(async () => (await person.call<Edited>('GET', `/v1/photos/${photoId}`)).title).toBe('The bird at the window')
  const { tags } = await person.call<Edited>('GET', `/v1/photos/${photoId}`)
  expect(tags.map((tag) => tag.name)).toContain('my own tag')
})

test('an edit goes through although something else was changed meanwhile', async ({ theirs, person, stage }) => {
  const [photoId] = await person.upload([fileOf(stage, 'captioned-', 26)])
  await person.ready([photoId!])
  let other: object | null = { rating: 4 }
  await theirs.route(`**/v1/photos/${photoId}?etag=*`, async (route) => {
    const meanwhile = other
    other = null // the page's own second try meets none
    if (meanwhile) await person.call('PATCH', `/v1/photos/${photoId}`, meanwhile)
    await route.continue()
  })
  await theirs.goto(`/?photo=${photoId}`)
  const viewer = theirs.getByRole('dialog')
  await viewer.getByRole('button', { name: 'Details' }).click()
  await expect(viewer.getByRole('region', { name: 'File' })).toBeVisible()
  const title = viewer.getByLabel('Title', { exact: true })
  await title.fill('A story')
  await viewer.getByLabel('Description').click()
  const told = async () => person.call<{ title: string; rating: number }>('GET', `/v1/photos/${photoId}`)
  await expect.poll(async () => (await told()).title).toBe('A story')
  expect((await told()).rating).toBe(4)
})

test('the file that was uploaded is what is downloaded, byte for byte', async ({ theirs, person, stage }) => {
  const file = fileOf(stage, 'captioned-', 25)
  const [photoId] = await person.upload([file])
  await person.ready([photoId!])
  await theirs.goto(`/?photo=${photoId}`)
  const download = theirs.waitForEvent('download')
  await theirs.getByRole('dialog').getByRole('button', { name: 'Download' }).click()
  expect(readFileSync(await (await download).path()).equals(bytesOf(file))).toBe(true)
})
