import { judge } from '../support/accessible.ts'
import { expect, test, tiles } from '../support/gallery.ts'
import { keepLooks } from '../support/looks.ts'
import { fileOf } from '../support/photos.ts'

test('an album is made, filled, given a cover, renamed, emptied and deleted; its photos stay', async ({ theirs, person, stage }) => {
  test.setTimeout(120_000)
  const photoIds = await person.upload([0, 1, 2].map((at) => fileOf(stage, 'captioned-', at)))
  await person.ready(photoIds)
  await theirs.goto('/albums')
  await expect(theirs.getByRole('heading', { name: 'No albums yet' })).toBeVisible()
  await keepLooks(theirs, 'albums-none')
  await theirs.getByRole('button', { name: 'New album' }).click()
  await theirs.getByLabel('Title').fill('By the sea')
  await theirs.getByRole('button', { name: 'Create' }).click()
  await expect(theirs.getByRole('heading', { name: 'This album is empty' })).toBeVisible()
  await keepLooks(theirs, 'album-empty')

  await theirs.getByRole('link', { name: 'To your photos', exact: true }).click()
  await tiles(theirs).first().focus()
  for (const at of [0, 1, 2]) {
    await tiles(theirs).nth(at).focus()
    await theirs.keyboard.press('Space')
  }
  await theirs.getByRole('toolbar').getByRole('button', { name: 'Add to an album' }).click()
  await theirs.getByRole('dialog').getByText('By the sea').click()
  await theirs.getByRole('link', { name: 'Albums' }).click()
  await expect(theirs.getByRole('link', { name: /By the sea.*3 photos/ })).toBeVisible()
  await judge(theirs, 'albums')

  await theirs.getByRole('link', { name: /By the sea/ }).click()
  await expect(tiles(theirs)).toHaveCount(3)
  await judge(theirs, 'album')
  await tiles(theirs).nth(1).focus()
  const cover = await tiles(theirs).nth(1).getAttribute('data-photo')
  await theirs.keyboard.press('Space')
  await theirs.getByRole('button', { name: 'More actions' }).click()
  await theirs.getByRole('menuitem', { name: 'Use as cover' }).click()
  await expect(theirs.getByText('The album has a new cover.')).toBeVisible()

  await theirs.getByRole('button', { name: 'Album actions' }).click()
  await theirs.getByRole('menuitem', { name: 'Edit album' }).click()
  await theirs.getByLabel('Title').fill('By the lake')
  await theirs.getByLabel('Order').selectOption({ label: 'Newest first' })
  await theirs.getByRole('button', { name: 'Save' }).click()
  await expect(theirs.getByRole('heading', { name: 'By the lake' })).toBeVisible()
  const { albums } = await person.call<{ albums: { coverPhotoId: string; title: string }[] }>('GET', '/v1/albums')
  expect(albums).toMatchObject([{ coverPhotoId: cover, title: 'By the lake' }])

  await tiles(theirs).first().focus()
  await theirs.keyboard.press('Space')
  await theirs.getByRole('button', { name: 'More actions' }).click()
  await theirs.getByRole('menuitem', { name: 'Remove from album' }).click()
  await expect(tiles(theirs)).toHaveCount(2)

  await theirs.getByRole('button', { name: 'Album actions' }).click()
  await theirs.getByRole('menuitem', { name: 'Delete album' }).click()
  await theirs.getByRole('dialog').getByRole('button', { name: 'Delete album' }).click()
  await expect(theirs.getByRole('heading', { name: 'No albums yet' })).toBeVisible()
  await theirs.getByRole('link', { name: 'Photos', exact: true }).click()
  await expect(tiles(theirs)).toHaveCount(3)
})
