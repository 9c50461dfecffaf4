import { expect, test, tiles } from '../support/gallery.ts'

test('what the timeline needs is asked for once, however early', async ({ gallery }) => {
  const asked: string[] = []
  gallery.on('request', (request) => asked.push(new URL(request.url()).pathname + new URL(request.url()).search))
  await gallery.goto('/')
  await expect(gallery.locator('[data-photo] img.loaded').first()).toBeVisible()
  for (const address of ['/session', '/v1/timeline?daysFrom=300', '/v1/photos?pageSize=60'])
    expect(asked.filter((each) => each === address), address).toHaveLength(1)
  const pictures = asked.filter((each) => each.endsWith('/media/thumbnail'))
  expect(pictures.length).toBeGreaterThan(6)
  expect(new Set(pictures).size).toBe(pictures.length)
})

test('whoever was asked to sign in sees their photos then, and nobody sees what the one before was sent', async ({ page, stage, person }) => {
  for (const who of [stage, person]) {
    await page.goto('/') // its first script asks for photos, and is refused
    await page.getByLabel('User name').fill(who.userName)
    await page.getByLabel('Password', { exact: true }).fill(who.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    if (who === stage) await expect(tiles(page).first()).toBeVisible()
    else await expect(page.getByRole('heading', { name: /photos/i }).last()).toBeVisible()
    if (who === person) await expect(tiles(page)).toHaveCount(0)
    await page.getByRole('button', { name: 'Account' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page.getByLabel('User name')).toBeVisible()
  }
})
