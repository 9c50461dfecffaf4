import { readFileSync } from 'node:fs'
import { expect, test, tiles } from '../support/gallery.ts'
import { keepLook } from '../support/looks.ts'
import { bytesOf, fileOf } from '../support/photos.ts'
import { unpacked } from '../support/zip.ts'

interface Box {
  x: number
  y: number
  width: number
  height: number
}

test('photos stand in rows that fill the width, in the shape that they have, and only those near the window are there', async ({
  gallery,
  stage,
}) => {
  await gallery.goto('/')
  await expect(gallery.locator('[data-photo] img.loaded').first()).toBeVisible()
  await keepLook(gallery, 'timeline')
  const boxes = await tiles(gallery).evaluateAll((all) => all.map((each): Box => each.getBoundingClientRect().toJSON() as Box))
  expect(boxes.length).toBeLessThan(stage.photos)
  const rows = [...new Set(boxes.map((box) => Math.round(box.y)))].map((y) => boxes.filter((box) => Math.round(box.y) === y))
  const right = Math.max(...boxes.map((box) => box.x + box.width))
  const left = Math.min(...boxes.map((box) => box.x))
  let full = 0
  for (const row of rows) {
    const heights = row.map((box) => box.height)
    expect(Math.max(...heights) - Math.min(...heights), 'one height in a row').toBeLessThan(1)
    expect(Math.min(...row.map((box) => box.x))).toBeCloseTo(left, 0)
    if (Math.abs(Math.max(...row.map((box) => box.x + box.width)) - right) < 1) full++
  }
  expect(full, 'rows from one edge to the other').toBeGreaterThan(0)
  const shapes = await gallery.locator('[data-photo] img.loaded').evaluateAll((all) =>
    (all as HTMLImageElement[]).map((image) => [image.naturalWidth / image.naturalHeight, image.clientWidth / image.clientHeight]),
  )
  const uncut = shapes.filter(([own = 1, shown = 1]) => Math.abs(own / shown - 1) < 0.05)
  expect(uncut.length, 'nothing is cut off').toBeGreaterThan(shapes.length * 0.8) // panoramas are
})

test('until a picture is there its own blur stands in its place', async ({ gallery }) => {
  let open = (): void => undefined
  const held = new Promise<void>((resolve) => (open = resolve))
  await gallery.route('**/media/thumbnail', async (route) => {
    await held
    await route.continue()
  })
  await gallery.goto('/', { waitUntil: 'commit' }) // a page whose pictures are held back is never loaded
  const blurred = () =>
    gallery.locator('.tile').evaluateAll((all) => all.filter((tile) => /url/.test(getComputedStyle(tile).backgroundImage)).length)
  await expect.poll(blurred).toBeGreaterThan(5)
  await expect(gallery.locator('[data-photo] img.loaded')).toHaveCount(0)
  await keepLook(gallery, 'timeline-blurred')
  const before = await tiles(gallery).first().boundingBox()
  open()
  await expect(gallery.locator('[data-photo] img.loaded').first()).toBeVisible()
  expect(await tiles(gallery).first().boundingBox()).toEqual(before) // nothing jumps
})

test('a zip holds the files that were uploaded, byte for byte, and two of one name both', async ({ theirs, person, stage }, info) => {
  const files = [fileOf(stage, 'captioned-', 26), fileOf(stage, 'captioned-', 27)]
  const again = { name: files[0]!.slice(files[0]!.lastIndexOf('/') + 1), mimeType: 'image/jpeg', buffer: bytesOf(fileOf(stage, 'captioned-', 28)) }
  await person.ready(await person.upload(files))
  await theirs.goto('/upload')
  await theirs.locator('input[name=files]').setInputFiles(again)
  await expect(theirs.getByText('1 new')).toBeVisible({ timeout: 30_000 })
  await theirs.getByRole('link', { name: 'Photos', exact: true }).click()
  await expect(tiles(theirs)).toHaveCount(3)
  await tiles(theirs).first().focus()
  await theirs.keyboard.press('Space')
  await theirs.keyboard.press('Shift+End')
  await expect(theirs.getByText('3 chosen')).toBeVisible()
  const download = theirs.waitForEvent('download')
  await theirs.getByRole('toolbar').getByRole('button', { name: 'Download' }).click()
  const saved = info.outputPath('photos.zip')
  await (await download).saveAs(saved)
  const packed = unpacked(readFileSync(saved))
  expect(packed.size).toBe(3)
  const wanted = [...files.map(bytesOf), again.buffer].map((bytes) => bytes.toString('base64')).sort()
  expect([...packed.values()].map((bytes) => bytes.toString('base64')).sort()).toEqual(wanted)
  expect([...packed.keys()].every((name) => /^[^/\\]+\.jpg$/.test(name))).toBe(true)
})

test('a zip that cannot be had is said in words, and nothing is saved', async ({ theirs, person, stage }) => {
  const photoIds = await person.upload([fileOf(stage, 'captioned-', 29), fileOf(stage, 'captioned-', 30)])
  await person.ready(photoIds)
  await theirs.goto('/')
  await expect(tiles(theirs)).toHaveCount(2)
  await tiles(theirs).first().focus()
  await theirs.keyboard.press('Space')
  await theirs.keyboard.press('Shift+End')
  let saved = 0
  theirs.on('download', () => saved++)
  const body = { code: 14, message: 'no', details: [{ reason: 'UNAVAILABLE', domain: 'tintype' }] }
  await theirs.route('**/v1/photos:download?**', (route) => route.fulfill({ status: 503, json: body }))
  await theirs.getByRole('toolbar').getByRole('button', { name: 'Download' }).click()
  await expect(theirs.getByText('The library is busy or starting. Try again in a moment.')).toBeVisible()
  await expect(theirs.getByText('2 chosen'), 'they need not be chosen again').toBeVisible()
  await keepLook(theirs, 'zip-refused')
  expect(saved).toBe(0)
})
