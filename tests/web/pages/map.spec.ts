import { judge } from '../support/accessible.ts'
import { expect, test, tiles } from '../support/gallery.ts'
import { keepLooks } from '../support/looks.ts'
import { fileOf } from '../support/photos.ts'

test('photos stand on an outline of the world, without asking any other server', async ({ gallery, stage }) => {
  test.skip(!stage.samples, '../shared/samples is not beside this clone')
  const elsewhere: string[] = []
  gallery.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(stage.url)) elsewhere.push(request.url())
  })
  await gallery.goto('/map')
  await expect(gallery.locator('path.land').first()).toBeAttached()
  await expect(gallery.locator('.pin').first()).toBeVisible()
  await expect(tiles(gallery).first()).toBeVisible()
  expect(elsewhere).toEqual([])
})

test('pins part when one comes nearer, by keyboard too, and what is in view is listed', async ({ gallery, stage }) => {
  test.skip(!stage.samples, '../shared/samples is not beside this clone')
  await gallery.goto('/map')
  const cluster = gallery.getByRole('button', { name: /\d+ photos here/ }).first()
  await expect(cluster).toBeVisible()
  const before = await gallery.getByRole('status').filter({ hasText: 'in this view' }).textContent()
  await cluster.focus()
  await gallery.keyboard.press('Enter')
  await expect(gallery.getByRole('status').filter({ hasText: 'in this view' })).not.toHaveText(before ?? '')
  await judge(gallery, 'map-near')
})

test('a library without places says so', async ({ theirs, person, stage }) => {
  await person.ready(await person.upload([fileOf(stage, 'captioned-', 0)]))
  await theirs.goto('/map')
  await expect(theirs.getByRole('heading', { name: 'No photo has a place yet' })).toBeVisible()
  await keepLooks(theirs, 'map-none')
})
