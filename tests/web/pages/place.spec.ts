import type { Page } from '@playwright/test'
import { judge } from '../support/accessible.ts'
import { expect, test, tiles } from '../support/gallery.ts'
import { fileOf } from '../support/photos.ts'

interface Located {
  location?: { latitudeDeg: number; longitudeDeg: number }
}

/** Choose the first photos, and open the dialog for their place. */
async function openDialog(page: Page, photos: number) {
  await expect(tiles(page)).toHaveCount(photos)
  for (let at = 0; at < photos; at++) {
    await tiles(page).nth(at).focus()
    await page.keyboard.press('Space')
  }
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Change the place' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.locator('path.land').first()).toBeAttached()
  return dialog
}

test('the place of photos is set on a map: by a click, by dragging the pin, by keyboard', async ({ theirs, person, stage }) => {
  test.setTimeout(120_000)
  const photoIds = await person.upload([8, 9].map((at) => fileOf(stage, 'captioned-', at)))
  await person.ready(photoIds)
  await theirs.goto('/')
  const dialog = await openDialog(theirs, 2)
  const field = dialog.getByLabel('Latitude and longitude')
  const map = dialog.getByRole('application', { name: 'Map to choose a place' })
  const pin = dialog.getByRole('button', { name: 'Place of the photos' })
  const point = async (): Promise<[number, number]> => (await field.inputValue()).split(',').map(Number) as [number, number]
  await expect(pin).toHaveCount(0)

  const box = (await map.boundingBox())!
  await map.click({ position: { x: box.width / 2 + 40, y: box.height / 2 } })
  await expect(pin).toBeVisible()
  const clicked = await point()
  expect(Math.abs(clicked[0])).toBeLessThan(60)

  const from = (await pin.boundingBox())!
  await theirs.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
  await theirs.mouse.down()
  await theirs.mouse.move(from.x + from.width / 2 + 60, from.y + from.height / 2 + 30, { steps: 5 })
  await theirs.mouse.up()
  await expect.poll(point).not.toEqual(clicked)
  const dragged = await point()
  expect(dragged[0]).toBeLessThan(clicked[0])
  expect(dragged[1]).toBeGreaterThan(clicked[1])

  await field.fill('48.2082, 16.3738')
  await judge(theirs, 'place-dialog')
  await pin.focus()
  await theirs.keyboard.press('ArrowRight')
  await expect.poll(async () => (await point())[1]).toBeGreaterThan(16.3738)
  await theirs.keyboard.press('Shift+ArrowDown')
  await expect.poll(async () => (await point())[0]).toBeLessThan(48)
  const [latitudeDeg, longitudeDeg] = await point()

  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
  const { photos } = await person.call<{ photos: Located[] }>('GET', '/v1/photos')
  expect(photos.map((photo) => photo.location)).toEqual([0, 1].map(() => expect.objectContaining({ latitudeDeg, longitudeDeg })))
})

test('the pin is put on the map by keyboard, and the map begins where the photo is', async ({ theirs, person, stage }) => {
  const [photoId] = await person.upload([fileOf(stage, 'captioned-', 9)])
  await person.ready([photoId!])
  await theirs.goto('/')
  const dialog = await openDialog(theirs, 1)
  await dialog.getByRole('application').focus()
  await theirs.keyboard.press('Enter')
  const pin = dialog.getByRole('button', { name: 'Place of the photos' })
  await expect(pin).toBeFocused()
  await expect(dialog.getByLabel('Latitude and longitude')).not.toHaveValue('')
  await dialog.getByLabel('Latitude and longitude').fill('-33.8568, 151.2153')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
  await tiles(theirs).first().click()
  await expect(theirs.getByRole('dialog')).toBeVisible()
  await theirs.keyboard.press('i')
  await theirs.getByRole('button', { name: 'Change the place' }).click()
  const again = theirs.getByRole('dialog', { name: 'Change the place' })
  await expect(again.getByLabel('Latitude and longitude')).toHaveValue('-33.8568, 151.2153')
  await expect(again.getByRole('button', { name: 'Place of the photos' })).toBeInViewport()
})
