import { test as base, expect, type BrowserContext, type Page } from '@playwright/test'
import { stage, type Stage } from './stage.ts'
import { newPerson, type Person } from './people.ts'

/** What tests get beside a browser: the stage, a page signed in to its library, and people with libraries of their own. */
interface Gallery {
  stage: Stage
  /** A page of the person whose library holds the real photos; tests only look at it. */
  gallery: Page
  /** Somebody new, whose library is the test's to change. */
  person: Person
  /** A page of theirs. */
  theirs: Page
}

interface Kept {
  signedIn: Awaited<ReturnType<BrowserContext['storageState']>>
}

export const test = base.extend<Gallery, Kept>({
  stage: async ({}, use) => {
    await use(stage())
  },
  baseURL: async ({}, use) => {
    await use(stage().url)
  },
  signedIn: [
    async ({ browser }, use) => {
      const context = await browser.newContext({ baseURL: stage().url })
      const page = await context.newPage()
      await signIn(page, stage())
      await use(await context.storageState())
      await context.close()
    },
    { scope: 'worker' },
  ],
  gallery: async ({ page, context, signedIn }, use) => {
    await context.addCookies(signedIn.cookies)
    await use(page)
  },
  person: async ({}, use) => {
    await use(await newPerson(stage()))
  },
  theirs: async ({ page, person }, use) => {
    await signIn(page, person)
    await use(page)
  },
})

export { expect }

/** By the form, as people do; at another address than the stage's where one is given. */
export async function signIn(page: Page, who: { userName: string; password: string }, at = ''): Promise<void> {
  await page.goto(`${at}/sign-in`)
  await page.getByLabel('User name').fill(who.userName)
  await page.getByLabel('Password', { exact: true }).fill(who.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('search')).toBeVisible() // the box of the gallery's own frame
}

/** All photos in sight of a grid. */
export function tiles(page: Page) {
  return page.locator('[data-photo]')
}
