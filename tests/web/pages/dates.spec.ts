import { judge } from '../support/accessible.ts'
import { expect, test, tiles } from '../support/gallery.ts'
import { fileOf } from '../support/photos.ts'

test.describe.configure({ timeout: 120_000 }) // axe looks at each page four times

interface Timed {
  photos: { photoId: string; captureTime: { instant: string; localTime: string; source: string } }[]
}

test('the date of a photo is edited where it is shown, moves it in the timeline, and is given back to the file', async ({
  theirs,
  person,
  stage,
}) => {
  const photoIds = await person.upload([fileOf(stage, 'exif-', 0)])
  await person.ready([...photoIds, ...(await person.upload([fileOf(stage, 'captioned-', 20)]))])
  await theirs.goto('/')
  await theirs.locator(`[data-photo="${photoIds[0]}"]`).click()
  await expect(theirs.getByRole('dialog')).toBeVisible()
  await theirs.keyboard.press('i')
  const when = theirs.getByRole('dialog').getByRole('region', { name: 'When' })
  await when.getByRole('button', { name: 'Change date and time' }).click()
  const dialog = theirs.getByRole('dialog', { name: 'Change date and time' })
  await dialog.getByLabel('Difference to UTC').fill('two hours')
  await expect(dialog.getByText('Such as +02:00')).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled()
  await dialog.getByLabel('Difference to UTC').fill('+02:00')
  await dialog.getByLabel('Date and time').fill('2019-07-14T09:30:15')
  await judge(theirs, 'date-one')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
  await expect(when).toContainText(/(14 July|July 14,) 2019/)
  await expect(when).toContainText('+02:00')
  await expect(when).toContainText('Set by you')
  expect(new URL(theirs.url()).searchParams.get('photo'), 'the photo that was edited is shown on').toBe(photoIds[0])
  const body = { photoIds }
  const { photos } = await person.call<Timed>('POST', '/v1/photos:batchGet', body)
  expect(photos[0]?.captureTime).toMatchObject({ instant: '2019-07-14T07:30:15Z', localTime: '2019-07-14T09:30:15' })

  await when.getByRole('button', { name: 'Change date and time' }).click()
  await dialog.getByRole('button', { name: 'As the file says' }).click()
  await expect(dialog).toBeHidden()
  await expect(when).not.toContainText('Set by you')
  await expect(when).not.toContainText('2019')
  await theirs.keyboard.press('Escape')
  await expect(theirs.locator(`[data-photo="${photoIds[0]}"]`)).toBeFocused()
})

test('the clock of a camera that was wrong is put right for all chosen photos', async ({ theirs, person, stage }) => {
  const photoIds = await person.upload([0, 1, 2].map((at) => fileOf(stage, 'trip-', at)))
  await person.ready(photoIds)
  const body = { photoIds }
  const before = await person.call<Timed>('POST', '/v1/photos:batchGet', body)
  await theirs.goto('/')
  await tiles(theirs).first().focus()
  await theirs.keyboard.press('Space')
  await theirs.keyboard.press('Shift+End')
  await expect(theirs.getByText('3 chosen')).toBeVisible()
  await theirs.getByRole('button', { name: 'More actions' }).click()
  await theirs.getByRole('menuitem', { name: 'Change date and time' }).click()
  const dialog = theirs.getByRole('dialog', { name: 'Change date and time' })
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled() // nothing is moved yet
  await dialog.getByLabel('Days').fill('-3')
  await dialog.getByLabel('Hours').fill('1')
  await dialog.getByLabel('Minutes').fill('30')
  await judge(theirs, 'date-many')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
  await expect(theirs.getByText('3 photos changed.')).toBeVisible()
  const after = await person.call<Timed>('POST', '/v1/photos:batchGet', body)
  const moved = after.photos.map((photo, at) => {
    const [now, then] = [photo.captureTime.localTime, before.photos[at]?.captureTime.localTime]
    return (Date.parse(`${now}Z`) - Date.parse(`${then}Z`)) / 60_000
  })
  expect(moved).toEqual([-4230, -4230, -4230])
})
