import { expect, signIn, test } from '../support/gallery.ts'

test('somebody signs up, signs out and signs in again; a wrong password is refused', async ({ page }) => {
  const userName = `newcomer-${Date.now().toString(36)}`
  await page.goto('/sign-up')
  await page.getByLabel('User name').fill(userName)
  await page.getByLabel('Password', { exact: true }).fill('twelve patient snails')
  await page.getByRole('button', { name: 'Create the account' }).click()
  await expect(page.getByRole('heading', { name: 'Your library is empty' })).toBeVisible()
  await page.getByRole('button', { name: `Account of ${userName}` }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/sign-in/)
  await page.getByLabel('User name').fill(userName)
  await page.getByLabel('Password', { exact: true }).fill('not these snails at all')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toHaveText('The user name or the password is wrong.')
  await signIn(page, { userName, password: 'twelve patient snails' })
})

test('a page asked for before signing in is shown after it, and no script can read the session', async ({ page, stage }) => {
  await page.goto('/tags')
  await expect(page).toHaveURL(/sign-in\?next=/)
  await page.getByLabel('User name').fill(stage.userName)
  await page.getByLabel('Password', { exact: true }).fill(stage.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(/^[^?]*\/tags$/)
  const cookies = await page.context().cookies()
  expect(cookies.length).toBeGreaterThan(0)
  expect(cookies.filter((cookie) => !cookie.httpOnly)).toEqual([])
})
