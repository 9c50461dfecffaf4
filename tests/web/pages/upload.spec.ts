import { readdirSync } from 'node:fs'
import path from 'node:path'
import { judge } from '../support/accessible.ts'
import { expect, test, tiles } from '../support/gallery.ts'
import { keepLooks } from '../support/looks.ts'
import { bytesOf, fileOf, noise } from '../support/photos.ts'

test('photos come in with a report, appear at once and get their labels live', async ({ theirs, stage }) => {
  const bird = fileOf(stage, 'labelled-', 0)
  await theirs.goto('/upload')
  const photos = [bird, fileOf(stage, 'captioned-', 0), fileOf(stage, 'captioned-', 1)]
  await theirs.locator('input[name=files]').setInputFiles(photos)
  await expect(theirs.getByText('3 files done')).toBeVisible({ timeout: 30_000 })
  await expect(theirs.getByText('3 new')).toBeVisible()
  const cards = theirs.getByRole('region', { name: 'Just added' }).locator('[data-state]')
  await expect(cards).toHaveCount(3)
  await expect(cards.locator('img')).toHaveCount(3, { timeout: 20_000 })
  await expect(theirs.getByRole('list', { name: 'Found in it' }).first()).toBeVisible({ timeout: 30_000 })
  await judge(theirs, 'upload-done')
  await theirs.getByRole('link', { name: 'Photos', exact: true }).click()
  await expect(tiles(theirs)).toHaveCount(3)
})

test('the report says what was there already, what was refused and why, and what is no picture', async ({ theirs, stage, person }) => {
  const there = fileOf(stage, 'labelled-', 1)
  await person.upload([there])
  await theirs.goto('/upload')
  await theirs.locator('input[name=files]').setInputFiles([
    { name: 'there.jpg', mimeType: 'image/jpeg', buffer: bytesOf(there) },
    { name: 'not-really.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('these are words, not a picture') },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') },
  ])
  await expect(theirs.getByText('1 already there')).toBeVisible()
  await expect(theirs.getByText('1 refused')).toBeVisible()
  await expect(theirs.getByText('1 skipped: not a picture')).toBeVisible()
  const refused = theirs.getByRole('listitem').filter({ hasText: 'not-really.jpg' })
  await expect(refused).toContainText(/not|cannot|format/i)
  await expect(refused.getByRole('button', { name: 'Try not-really.jpg again' })).toBeVisible()
})

test('a file of the trash is restored by uploading it again', async ({ theirs, stage, person }) => {
  const file = fileOf(stage, 'labelled-', 2)
  const photoIds = await person.upload([file])
  await person.call('POST', '/v1/photos:batchTrash', { photoIds })
  await theirs.goto('/upload')
  await theirs.locator('input[name=files]').setInputFiles(file)
  await expect(theirs.getByText('1 restored from the trash')).toBeVisible()
})

test('uploads are paused and go on; one that was cut off goes on after a reload', async ({ theirs }) => {
  test.setTimeout(120_000)
  const devtools = await theirs.context().newCDPSession(theirs)
  const slow = { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: 600_000 }
  const big = { name: 'big.bmp', mimeType: 'image/bmp', buffer: noise(1024, 1400) }
  await theirs.goto('/upload')
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', slow)
  await theirs.locator('input[name=files]').setInputFiles(big)
  const row = theirs.getByRole('listitem').filter({ hasText: 'big.bmp' })
  await expect(row).toContainText(/[1-9]\d?\s?%/, { timeout: 20_000 })
  await theirs.getByRole('button', { name: 'Pause uploads' }).click()
  await expect(theirs.getByText('Paused: 0 of 1')).toBeVisible()
  await expect(row).toContainText('waiting')

  theirs.on('dialog', (dialog) => void dialog.accept()) // the page asks before it is left
  await theirs.reload()
  const offsets: string[] = []
  theirs.on('request', (request) => {
    if (request.method() === 'PATCH' && request.url().includes('/tus/')) offsets.push(request.headers()['upload-offset'] ?? '')
  })
  await devtools.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 })
  await theirs.locator('input[name=files]').setInputFiles(big)
  await expect(theirs.getByText('1 new')).toBeVisible({ timeout: 30_000 })
  expect(offsets.length).toBeGreaterThan(0)
})

test('a folder dropped on any page is uploaded, and the page says how it goes', async ({ theirs, stage }) => {
  await theirs.goto('/albums')
  const names = readdirSync(stage.folder).filter((name) => name.startsWith('captioned-')).slice(4, 6)
  const files = names.map((name) => ({ name, data: bytesOf(path.join(stage.folder, name)).toString('base64') }))
  const dropped = await theirs.evaluateHandle((files) => {
    const data = new DataTransfer()
    for (const { name, data: base64 } of files) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      data.items.add(new File([bytes], name, { type: 'image/jpeg' }))
    }
    return data
  }, files)
  await theirs.dispatchEvent('main', 'dragover', { dataTransfer: dropped })
  await expect(theirs.getByText('Drop to add to your library')).toBeVisible()
  await keepLooks(theirs, 'drop')
  await theirs.dispatchEvent('main', 'drop', { dataTransfer: dropped })
  const panel = theirs.getByRole('complementary', { name: 'Uploads' })
  await expect(panel.getByText('2 files done')).toBeVisible({ timeout: 20_000 })
  await judge(theirs, 'upload-panel')
})
