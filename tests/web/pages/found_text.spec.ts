import { judge } from '../support/accessible.ts'
import { expect, test, tiles } from '../support/gallery.ts'
import { fileOf } from '../support/photos.ts'

const READING_MS = 300_000 // text is read last, at the lowest priority, after that of all that came before

test('the text found in a photo comes into its details once it is read, and can be selected', async ({ theirs, person, stage }) => {
  test.skip(!stage.samples, '../shared/samples is not beside this clone')
  test.setTimeout(480_000)
  await theirs.goto('/')
  await person.upload([fileOf(stage, 'ocr-', 0)]) // a receipt
  await expect(tiles(theirs)).toHaveCount(1)
  await tiles(theirs).first().click()
  await expect(theirs.getByRole('dialog')).toBeVisible()
  await theirs.keyboard.press('i')
  const viewer = theirs.getByRole('dialog')
  const text = viewer.getByRole('region', { name: 'Text found' })
  await expect(text).toContainText(/CASHIER/i, { timeout: READING_MS })
  await expect(text.getByText('Read by')).toBeVisible()

  await text.getByRole('button', { name: /^Show all \d+ lines$/ }).click()
  await expect(text).toContainText('25/12/2018')
  await text.getByText(/CASHIER/i).first().click({ clickCount: 3 })
  const selected = await theirs.evaluate(() => getSelection()?.toString().trim() ?? '')
  expect(selected).not.toBe('')
  await expect(text).toContainText(selected)

  // An edit answers without the text: it stays.
  await viewer.getByLabel('Title').fill('A receipt')
  await viewer.getByLabel('Description').focus()
  await expect.poll(async () => (await person.call<{ photos: { title?: string }[] }>('GET', '/v1/photos')).photos[0]?.title).toBe('A receipt')
  await expect(text).toContainText('25/12/2018')
  await text.scrollIntoViewIfNeeded()
  await judge(theirs, 'viewer-found-text')
})

test('a photo without text has no part for it', async ({ theirs, person, stage }) => {
  await person.ready(await person.upload([fileOf(stage, 'captioned-', 9)]))
  await theirs.goto('/')
  await tiles(theirs).first().click()
  await expect(theirs.getByRole('dialog')).toBeVisible()
  await theirs.keyboard.press('i')
  await expect(theirs.getByRole('region', { name: 'File' })).toBeVisible()
  await expect(theirs.getByRole('region', { name: 'Text found' })).toHaveCount(0)
})
