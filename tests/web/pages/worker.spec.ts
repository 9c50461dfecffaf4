import { expect, signIn, test, tiles } from '../support/gallery.ts'
import { keepLook, keepLooks } from '../support/looks.ts'
import { lineTo } from '../support/line.ts'
import { fileOf } from '../support/photos.ts'
import type { Page } from '@playwright/test'

test.use({ serviceWorkers: 'allow' })

/** Wait until the service worker answers for the page. */
async function worked(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
    if (navigator.serviceWorker.controller) return
    await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }))
  })
}

test('photos that another app shares are uploaded', async ({ theirs, person, stage }) => {
  await theirs.goto('/albums')
  await worked(theirs)
  // What a phone does when somebody shares to an installed app, by the manifest's share_target.
  await theirs.evaluate(() => {
    const form = document.createElement('form')
    Object.assign(form, { method: 'POST', action: '/upload', enctype: 'multipart/form-data', id: 'share' })
    form.innerHTML = '<input type="file" name="photos" multiple>'
    document.body.append(form)
  })
  await theirs.locator('#share input').setInputFiles([fileOf(stage, 'captioned-', 5), fileOf(stage, 'captioned-', 6)])
  await theirs.locator('#share').evaluate((form: HTMLFormElement) => form.submit())
  await expect(theirs).toHaveURL(/\/upload/)
  await expect(theirs.getByText('2 new')).toBeVisible({ timeout: 30_000 })
  await keepLook(theirs, 'shared')
  const { photos } = await person.call<{ photos: unknown[] }>('GET', '/v1/photos')
  expect(photos).toHaveLength(2)
  await theirs.reload()
  await expect(theirs.getByRole('heading', { name: 'Upload', exact: true })).toBeVisible()
  await expect(theirs.getByRole('region', { name: 'Uploads' })).toBeHidden() // what was shared is handed out once
})

test('without a network the gallery opens all the same, says so, and goes on once there is one', async ({ page, person, stage }) => {
  await person.ready(await person.upload([fileOf(stage, 'captioned-', 7)]))
  const line = await lineTo(stage.url)
  try {
    await signIn(page, person, line.url)
    await expect(tiles(page).first()).toBeVisible()
    await worked(page)

    line.cut()
    await page.context().setOffline(true)
    await page.getByRole('link', { name: 'Albums' }).click()
    await expect(page.getByText('You are offline.')).toBeVisible()
    await expect(page.getByRole('heading', { name: 'The library does not answer' })).toBeVisible()
    await page.goto(`${line.url}/favourites`)
    await expect(page.getByText('You are offline.').or(page.getByRole('alert')).first()).toBeVisible()
    await keepLooks(page, 'offline-opened')

    line.mend()
    await page.context().setOffline(false)
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.getByRole('heading', { name: 'Favourites', exact: true })).toBeVisible()
    await page.getByRole('link', { name: 'Photos', exact: true }).click()
    await expect(tiles(page).first()).toBeVisible()
  } finally {
    await line.close()
  }
})

test('nothing of a library is kept by the service worker', async ({ theirs, person, stage }) => {
  await person.ready(await person.upload([fileOf(stage, 'captioned-', 8)]))
  await theirs.goto('/')
  await worked(theirs)
  await theirs.reload()
  await expect(theirs.locator('[data-photo] img.loaded').first()).toBeVisible()
  const kept = await theirs.evaluate(async () => {
    const names = await caches.keys()
    const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
    return all.flat().map((request) => new URL(request.url).pathname)
  })
  expect(kept.length).toBeGreaterThan(5)
  expect(kept.filter((path) => /^\/(v1|session|media)/.test(path))).toEqual([])
})
