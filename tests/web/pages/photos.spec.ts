import { expect, test, tiles } from '../support/gallery.ts'
import { fileOf } from '../support/photos.ts'

test('the timeline shows months with real photos, and its scrubber goes to any of them', async ({ gallery }) => {
  await gallery.goto('/')
  await expect(gallery.locator('[data-photo] img.loaded').first()).toBeVisible()
  await expect(gallery.getByRole('heading', { level: 2 }).first()).toHaveText(/\w+ \d{4}/)
  const before = await gallery.getByRole('heading', { level: 2 }).first().textContent()
  await gallery.getByRole('slider', { name: 'Month' }).focus()
  await gallery.keyboard.press('End')
  await expect(gallery.getByRole('heading', { level: 2 }).last()).not.toHaveText(before ?? '')
  await expect(tiles(gallery).last()).toBeVisible()
})

test('photos are chosen by keyboard and with shift, and let go', async ({ gallery }) => {
  await gallery.goto('/')
  await tiles(gallery).first().focus()
  await gallery.keyboard.press('Space')
  await expect(gallery.getByText('1 chosen')).toBeVisible()
  await gallery.keyboard.press('Shift+ArrowRight')
  await gallery.keyboard.press('Shift+ArrowRight')
  await expect(gallery.getByText('3 chosen')).toBeVisible()
  await tiles(gallery).nth(5).click({ modifiers: ['Shift'] })
  await expect(gallery.getByText('6 chosen')).toBeVisible()
  await gallery.keyboard.press('Escape')
  await expect(gallery.getByRole('toolbar')).toBeHidden()
})

test('chosen photos are downloaded as one zip', async ({ gallery }) => {
  await gallery.goto('/')
  for (const at of [0, 1]) {
    await tiles(gallery).nth(at).focus()
    await gallery.keyboard.press('Space')
  }
  const download = gallery.waitForEvent('download')
  await gallery.getByRole('toolbar').getByRole('button', { name: 'Download' }).click()
  expect((await download).suggestedFilename()).toMatch(/\.zip$/)
})

test('the place of a photo is edited, and the map has it', async ({ theirs, person, stage }) => {
  await person.ready(await person.upload([fileOf(stage, 'captioned-', 9)]))
  await theirs.goto('/')
  await tiles(theirs).first().focus()
  await theirs.keyboard.press('Space')
  await theirs.getByRole('button', { name: 'More actions' }).click()
  await theirs.getByRole('menuitem', { name: 'Change the place' }).click()
  await theirs.getByRole('dialog').getByLabel('Latitude and longitude').fill('48.2082, 16.3738')
  await theirs.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(theirs.getByRole('dialog')).toBeHidden()
  await theirs.getByRole('link', { name: 'Map' }).click()
  await expect(theirs.locator('.pin')).toHaveCount(1)
})

test('the viewer goes by keys, shows what is known of a photo, and gives the focus back', async ({ gallery }) => {
  await gallery.goto('/')
  await tiles(gallery).first().click()
  const viewer = gallery.getByRole('dialog')
  await expect(viewer).toBeVisible()
  const first = new URL(gallery.url()).searchParams.get('photo')
  await gallery.keyboard.press('ArrowRight')
  await expect.poll(() => new URL(gallery.url()).searchParams.get('photo')).not.toBe(first)
  await gallery.keyboard.press('i')
  for (const part of ['When', 'Where', 'Camera', 'File']) {
    await expect(viewer.getByRole('region', { name: part })).toBeVisible()
  }
  await gallery.keyboard.press('Escape')
  await expect(viewer).toBeHidden()
  await expect(tiles(gallery).nth(1)).toBeFocused()
})
