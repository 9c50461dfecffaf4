import { judge } from '../support/accessible.ts'
import { expect, test } from '../support/gallery.ts'
import { fileOf } from '../support/photos.ts'

test('what happens in the library is told, once for many photos, and is kept', async ({ theirs, person, stage }) => {
  await theirs.goto('/albums')
  await expect(theirs.getByRole('link', { name: 'Notifications, none new' })).toBeVisible()
  await person.ready(await person.upload([6, 7, 8].map((at) => fileOf(stage, 'captioned-', at))))
  await expect(theirs.getByText(/[23] photos are ready/)).toBeVisible({ timeout: 20_000 })
  await theirs.getByRole('link', { name: /Notifications, \d new/ }).click()
  const main = theirs.getByRole('main')
  await expect(main.getByText('3 photos are ready')).toBeVisible()
  await expect(main.getByText('3 photos were added')).toBeVisible()
  await judge(theirs, 'events-some')
  await theirs.reload()
  await expect(main.getByText('3 photos are ready')).toBeVisible()
  await expect(theirs.getByRole('link', { name: 'Notifications, none new' })).toBeVisible()
})
