import { judge } from '../support/accessible.ts'
import { expect, signIn, test } from '../support/gallery.ts'
import { keepLooks } from '../support/looks.ts'

test('the profile is changed, and the bars show it', async ({ theirs }) => {
  await theirs.goto('/settings')
  await theirs.getByLabel('Name', { exact: true }).fill('Ida Berg')
  await theirs.getByRole('region', { name: 'Profile' }).getByRole('button', { name: 'Save' }).click()
  await expect(theirs.getByRole('button', { name: 'Account of Ida Berg' })).toBeVisible()
})

test('a wrong password is refused and signs nobody out; the right one is changed', async ({ theirs, person, browser, stage }) => {
  await theirs.goto('/settings')
  const section = theirs.getByRole('region', { name: 'Password' })
  await section.getByLabel('Current password').fill('not this one at all')
  await section.getByLabel('New password').fill('seven slow tortoises')
  await section.getByRole('button', { name: 'Change password' }).click()
  await expect(section.getByRole('alert')).toHaveText(/password/i)
  await section.getByLabel('Current password').fill(person.password)
  await section.getByRole('button', { name: 'Change password' }).click()
  await expect(theirs.getByText('The password is changed')).toBeVisible()
  const other = await (await browser.newContext({ baseURL: stage.url, locale: 'en-GB' })).newPage()
  await signIn(other, { userName: person.userName, password: 'seven slow tortoises' })
  await other.context().close()
})

test('sessions are listed, and another device is signed out', async ({ theirs, person, browser, stage }) => {
  const context = await browser.newContext({ baseURL: stage.url, locale: 'en-GB' })
  const other = await context.newPage()
  await signIn(other, person)
  await theirs.goto('/settings')
  const section = theirs.getByRole('region', { name: 'Devices' })
  await expect(section.getByText('this one')).toBeVisible()
  await section.getByRole('button', { name: /Sign out Chrome/ }).first().click()
  await expect(theirs.getByText('That device is signed out.')).toBeVisible()
  await expect(async () => {
    await other.goto('/albums')
    await expect(other).toHaveURL(/sign-in/, { timeout: 1000 })
  }).toPass({ timeout: 15_000 })
  await context.close()
})

test('an API key is made, shown this once, works within its scopes, and is revoked', async ({ theirs, stage }) => {
  await theirs.goto('/settings')
  const section = theirs.getByRole('region', { name: 'API keys' })
  await section.getByRole('button', { name: 'New API key' }).click()
  const dialog = theirs.getByRole('dialog', { name: 'New API key' })
  await dialog.getByLabel('Name').fill('Backup script')
  await judge(theirs, 'settings-key')
  await dialog.getByRole('button', { name: 'Create' }).click()
  const secret = (await dialog.locator('.secret').textContent()) ?? ''
  expect(secret).toMatch(/^tt_/)
  await keepLooks(theirs, 'settings-key-made')
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(section.getByText('Backup script')).toBeVisible()
  await expect(theirs.getByText(secret)).toHaveCount(0)
  const ask = (path: string, method = 'GET') => fetch(stage.url + path, { method, headers: { 'x-api-key': secret } })
  expect((await ask('/v1/photos')).status).toBe(200)
  expect((await ask('/v1/trash:purge', 'POST')).status).toBe(403)
  await section.getByRole('button', { name: 'Revoke Backup script' }).click()
  await expect(section.getByText('There are no keys.')).toBeVisible()
  await expect.poll(async () => (await ask('/v1/photos')).status).toBe(401)
})

test('the storage says what is used', async ({ gallery, stage }) => {
  await gallery.goto('/settings')
  const section = gallery.getByRole('region', { name: 'Storage' })
  await expect(section.getByText(/MB used|GB used/)).toBeVisible()
  await expect(section.getByText(`${stage.photos} photos`)).toBeVisible()
})

test('the language and the theme are chosen, and stay', async ({ theirs }) => {
  await theirs.goto('/settings')
  await theirs.getByLabel('Language').selectOption('de')
  await expect(theirs.getByRole('heading', { name: 'Einstellungen' })).toBeVisible()
  await expect(theirs.locator('html')).toHaveAttribute('lang', 'de')
  await theirs.locator('select').nth(1).selectOption('dark')
  await expect(theirs.locator('html')).toHaveAttribute('data-theme', 'dark')
  await theirs.reload()
  await expect(theirs.getByRole('heading', { name: 'Einstellungen' })).toBeVisible()
  await expect(theirs.locator('html')).toHaveAttribute('data-theme', 'dark')
  await judge(theirs, 'settings-de')
})
