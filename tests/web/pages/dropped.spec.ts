import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Stage } from '../support/stage.ts'
import { Drag } from '../support/drag.ts'
import { expect, test, tiles } from '../support/gallery.ts'
import { keepLook } from '../support/looks.ts'
import { fileOf } from '../support/photos.ts'

/** A folder as it comes from a camera: folders within, and files beside the photos that are none. */
function cardOf(stage: Stage, folder: string): string {
  const card = path.join(folder, 'DCIM')
  mkdirSync(path.join(card, '100', 'more'), { recursive: true })
  copyFileSync(fileOf(stage, 'captioned-', 10), path.join(card, 'a.jpg'))
  copyFileSync(fileOf(stage, 'captioned-', 11), path.join(card, '100', 'b.jpg'))
  copyFileSync(fileOf(stage, 'captioned-', 12), path.join(card, '100', 'more', 'c.jpg'))
  writeFileSync(path.join(card, '100', 'index.txt'), 'not a photo')
  writeFileSync(path.join(card, '100', '._b.jpg'), 'what another system keeps beside a photo')
  return card
}

test('a folder that is dropped comes in with all that is in its folders', async ({ theirs, stage }, info) => {
  await theirs.goto('/albums')
  const drag = await Drag.of(theirs, [cardOf(stage, info.outputPath())])
  await drag.over(theirs.locator('main'))
  await expect(theirs.getByText('Drop to add to your library')).toBeVisible()
  await drag.drop(theirs.locator('[data-drop=upload]'))
  const panel = theirs.getByRole('complementary', { name: 'Uploads' })
  await expect(panel.getByText('3 files done')).toBeVisible({ timeout: 30_000 })
  await keepLook(theirs, 'drop-folder')
  await panel.getByRole('link', { name: 'Show uploads' }).click()
  await expect(theirs.getByText('3 new')).toBeVisible()
  await expect(theirs.getByText('2 skipped: not pictures')).toBeVisible()
})

test('a folder is chosen instead, where nothing can be dropped', async ({ theirs, stage }, info) => {
  await theirs.goto('/upload')
  await expect(theirs.getByRole('button', { name: 'Choose a folder' })).toBeVisible()
  await theirs.locator('input[webkitdirectory]').setInputFiles(cardOf(stage, info.outputPath()))
  await expect(theirs.getByText('3 new')).toBeVisible({ timeout: 30_000 })
  await keepLook(theirs, 'upload-folder')
})

test('a picture that is dropped on the place for it is searched with, and not uploaded', async ({ gallery, stage }) => {
  await gallery.goto('/albums')
  const drag = await Drag.of(gallery, [fileOf(stage, 'captioned-', 3)])
  await drag.over(gallery.locator('main'))
  const place = gallery.locator('[data-drop=search]')
  await drag.over(place)
  await expect(place).toHaveClass(/aimed/)
  await keepLook(gallery, 'drop-search')
  await drag.drop(place)
  await expect(gallery).toHaveURL(/\/search\?picture=/)
  await expect(gallery.getByRole('list', { name: 'What is searched for' }).getByText('your picture')).toBeVisible()
  await expect(gallery.locator('.why').first()).toHaveText('Looks like your picture')
  await expect(tiles(gallery).first()).toBeVisible()
  await expect(gallery.getByRole('complementary', { name: 'Uploads' })).toBeHidden()
})
