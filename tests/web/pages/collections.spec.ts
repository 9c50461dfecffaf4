import { judge } from '../support/accessible.ts'
import { expect, test, tiles } from '../support/gallery.ts'
import { keepLooks } from '../support/looks.ts'
import { fileOf } from '../support/photos.ts'

test.beforeEach(async ({ person, stage }) => {
  await person.ready(await person.upload([3, 4, 5].map((at) => fileOf(stage, 'captioned-', at))))
})

test('favourites gather what has the heart, and let it go', async ({ theirs, person }) => {
  await theirs.goto('/favourites')
  await expect(theirs.getByRole('heading', { name: 'No favourites yet' })).toBeVisible()
  await keepLooks(theirs, 'favourites-none')
  await theirs.getByRole('link', { name: 'Photos', exact: true }).click()
  await tiles(theirs).first().focus()
  await theirs.keyboard.press('Space')
  await theirs.getByRole('toolbar').getByRole('button', { name: /favourite/i }).click()
  await theirs.getByRole('link', { name: 'Favourites' }).click()
  await expect(tiles(theirs)).toHaveCount(1)
  await judge(theirs, 'favourites-one')
  const photoId = await tiles(theirs).first().getAttribute('data-photo')
  await person.call('POST', '/v1/photos:batchUpdate', { photoIds: [photoId], edit: { favourite: false } })
  await expect(tiles(theirs)).toHaveCount(0) // by the feed: somebody else let it go
})

test('the archive keeps photos out of the timeline, and gives them back', async ({ theirs }) => {
  await theirs.goto('/')
  await expect(tiles(theirs)).toHaveCount(3)
  await tiles(theirs).first().focus()
  await theirs.keyboard.press('Space')
  await theirs.getByRole('button', { name: 'More actions' }).click()
  await theirs.getByRole('menuitem', { name: /archive/i }).click()
  await expect(tiles(theirs)).toHaveCount(2)
  await theirs.getByRole('link', { name: 'Archive' }).click()
  await expect(tiles(theirs)).toHaveCount(1)
  await keepLooks(theirs, 'archive-one')
  await tiles(theirs).first().focus()
  await theirs.keyboard.press('Space')
  await theirs.getByRole('button', { name: 'More actions' }).click()
  await theirs.getByRole('menuitem', { name: /archive/i }).click()
  await expect(theirs.getByRole('heading', { name: 'The archive is empty' })).toBeVisible()
})

test('the trash gives photos back, deletes one, and is emptied', async ({ theirs }) => {
  await theirs.goto('/')
  await expect(tiles(theirs)).toHaveCount(3)
  await tiles(theirs).first().focus()
  await theirs.keyboard.press('Control+a')
  await theirs.getByRole('toolbar').getByRole('button', { name: /trash/i }).click()
  await expect(tiles(theirs)).toHaveCount(0)
  await keepLooks(theirs, 'photos-none')
  await theirs.getByRole('link', { name: 'Trash' }).click()
  await expect(tiles(theirs)).toHaveCount(3)
  await judge(theirs, 'trash-some')

  await tiles(theirs).first().focus()
  await theirs.keyboard.press('Space')
  await theirs.getByRole('button', { name: 'Restore' }).click()
  await expect(tiles(theirs)).toHaveCount(2)
  await tiles(theirs).first().focus()
  await theirs.keyboard.press('Space')
  await theirs.getByRole('button', { name: 'Delete for good' }).click()
  await keepLooks(theirs, 'trash-sure')
  await theirs.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).click()
  await expect(tiles(theirs)).toHaveCount(1)
  await theirs.getByRole('button', { name: 'Empty trash' }).click()
  await theirs.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).click()
  await expect(theirs.getByRole('heading', { name: 'The trash is empty' })).toBeVisible({ timeout: 20_000 })
  await theirs.getByRole('link', { name: 'Photos', exact: true }).click()
  await expect(tiles(theirs)).toHaveCount(1)
})

test('tags lead to their photos', async ({ gallery, stage }) => {
  test.skip(!stage.samples, '../shared/samples is not beside this clone')
  await gallery.goto('/tags')
  await gallery.getByLabel('Find a tag').fill('dog')
  await gallery.getByRole('link', { name: /^dog / }).click()
  await expect(gallery.getByRole('heading', { name: 'dog', level: 1 })).toBeVisible()
  await expect(tiles(gallery).first()).toBeVisible()
  await judge(gallery, 'tag')
})
