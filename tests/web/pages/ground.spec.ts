import { mkdirSync } from 'node:fs'
import { judge } from '../support/accessible.ts'
import { bridgeMore } from '../support/bridge.ts'
import { expect, signIn, test } from '../support/gallery.ts'
import { listening } from '../support/listening.ts'
import { keepLook } from '../support/looks.ts'

const TILE = `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><rect width="256" height="256" fill="#dfe8d8" stroke="#9a9"/></svg>`

test('a library without a server of tiles says how it gets one', async ({ gallery }) => {
  test.setTimeout(120_000)
  await gallery.goto('/map')
  await gallery.getByRole('button', { name: 'Map background' }).click()
  const dialog = gallery.getByRole('dialog', { name: 'Map background' })
  await expect(dialog).toContainText('TINTYPE_GATEWAY_TILES')
  await judge(gallery, 'map-ground-none')
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await expect(dialog).toBeHidden()
})

test('the tiles of the setting are let through and shown, until somebody would rather not be seen looking', async ({
  page,
  stage,
}, info) => {
  test.skip(!stage.samples, '../shared/samples is not beside this clone')
  test.setTimeout(120_000)
  const asked: string[] = []
  const tiles = await listening((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(200, { 'Content-Type': 'image/svg+xml' }).end(TILE)
  })
  const { host } = new URL(tiles.url)
  mkdirSync(info.outputDir, { recursive: true })
  const settings = { TILES: `http://${host}/{z}/{x}/{y}.svg`, TILES_ATTRIBUTION: 'Made for this test' }
  const bridge = await bridgeMore(stage, info.outputDir, settings)
  try {
    const refused: string[] = []
    page.on('console', (message) => message.type() === 'error' && refused.push(message.text()))
    await signIn(page, stage, bridge.url)
    await page.goto(`${bridge.url}/map`)
    await expect(page.locator('img.leaflet-tile-loaded').first()).toBeVisible()
    await expect(page.getByText('Made for this test')).toBeVisible()
    expect(asked.length).toBeGreaterThan(0)
    expect(refused.filter((text) => text.includes('Content Security Policy'))).toEqual([])
    await keepLook(page, 'map-tiles')
    await page.getByRole('button', { name: 'Map background' }).click()
    const dialog = page.getByRole('dialog', { name: 'Map background' })
    await expect(dialog.getByText(`Streets and names, from ${host}`)).toBeVisible()
    await judge(page, 'map-ground')
    await dialog.getByLabel(/The outline of the land/).check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(page.locator('path.land').first()).toBeAttached()
    asked.length = 0
    await page.reload()
    await expect(page.locator('path.land').first()).toBeAttached()
    await expect(page.locator('.pin').first()).toBeVisible()
    expect(asked).toEqual([])
  } finally {
    await bridge.stop()
    await tiles.close()
  }
})
