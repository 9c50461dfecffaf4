import { mkdirSync } from 'node:fs'
import type { BrowserContext, Page } from '@playwright/test'
import { bridgeMore } from '../support/bridge.ts'
import { expect, signIn, test } from '../support/gallery.ts'
import { keepLook } from '../support/looks.ts'
import { noise } from '../support/photos.ts'

const SLOW = { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: 500_000 }
const BIG = { name: 'big.bmp', mimeType: 'image/bmp', buffer: noise(1024, 1000) }

async function slowed(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', SLOW)
}

async function begin(page: Page): Promise<void> {
  await page.locator('input[name=files]').setInputFiles(BIG)
  await expect(page.getByRole('listitem').filter({ hasText: 'big.bmp' })).toContainText(/[1-9]\d?\s?%/, { timeout: 30_000 })
}

/** Both pages end with the one photo, new for one of them at least. */
async function bothEnd(pages: readonly Page[], person: { call<T>(method: string, path: string): Promise<T> }): Promise<void> {
  for (const page of pages) {
    await expect(page.getByText('1 file done')).toBeVisible({ timeout: 90_000 })
    await expect(page.getByText(/1 (new|already there)/)).toBeVisible()
    await expect(page.getByText('refused')).toHaveCount(0)
  }
  const { photos } = await person.call<{ photos: unknown[] }>('GET', '/v1/photos')
  expect(photos).toHaveLength(1)
}

test('two tabs that upload the same file both end with it', async ({ theirs, person }) => {
  test.setTimeout(180_000)
  const other = await theirs.context().newPage()
  for (const page of [theirs, other]) {
    await page.goto('/upload')
    await slowed(page)
  }
  await begin(theirs) // its upload is known to the other tab, which goes on with the same
  await other.locator('input[name=files]').setInputFiles(BIG)
  await bothEnd([theirs, other], person)
  await keepLook(other, 'two-tabs')
})

test('two tabs at two bridges upload the same file, and both end with it', async ({ browser, person, stage }, info) => {
  test.setTimeout(180_000)
  mkdirSync(info.outputDir, { recursive: true })
  const bridges = [await bridgeMore(stage, info.outputDir), await bridgeMore(stage, info.outputDir)]
  const contexts: BrowserContext[] = []
  try {
    const pages: Page[] = []
    for (const { url } of bridges) {
      const context = await browser.newContext({ locale: 'en-GB', serviceWorkers: 'block' })
      contexts.push(context)
      const page = await context.newPage()
      await signIn(page, person, url)
      await page.goto(`${url}/upload`)
      await slowed(page)
      pages.push(page)
    }
    const [first, second] = pages as [Page, Page]
    await begin(first)
    // What a tab of the same origin would find in the browser's store.
    const kept = await first.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith('tus::')))
    expect(kept).toHaveLength(1)
    const [one, two] = bridges.map(({ url }) => url) as [string, string]
    const moved = kept.map(([key, value]) => [key.replaceAll(one, two), value.replaceAll(one, two)])
    await second.evaluate((entries) => entries.forEach(([key, value]) => localStorage.setItem(key!, value!)), moved)
    await second.locator('input[name=files]').setInputFiles(BIG)
    await bothEnd(pages, person)
    await keepLook(second, 'two-bridges')
  } finally {
    for (const context of contexts) await context.close()
    for (const bridge of bridges) await bridge.stop()
  }
})

test('a session that two bridges renew at once goes on, with the same next token', async ({ browser, person, stage }, info) => {
  mkdirSync(info.outputDir, { recursive: true })
  const bridges = [await bridgeMore(stage, info.outputDir), await bridgeMore(stage, info.outputDir)]
  const context = await browser.newContext({ locale: 'en-GB', serviceWorkers: 'block' })
  try {
    const page = await context.newPage()
    await signIn(page, person, bridges[0]!.url)
    // Without its access token a request of the session has to renew it: what happens to all that set out after 15 minutes.
    await context.clearCookies({ name: '__Host-tintype-access' })
    const cookie = (await context.cookies(bridges[0]!.url)).map(({ name, value }) => `${name}=${value}`).join('; ')
    const asked = bridges.flatMap(({ url }) => [1, 2, 3].map(() => fetch(`${url}/v1/account`, { headers: { cookie } })))
    const answers = await Promise.all(asked)
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200))
    const next = answers.map((answer) => /__Host-tintype-refresh=([^;]+)/.exec(answer.headers.getSetCookie().join('\n'))?.[1])
    expect(new Set(next).size).toBe(1)
    expect(next[0]).toBeTruthy()
    await page.goto(`${bridges[1]!.url}/settings`) // the browser still has the token of before
    await expect(page.getByRole('region', { name: 'Devices' }).getByText('this one')).toBeVisible()
    await keepLook(page, 'two-bridges-session')
  } finally {
    await context.close()
    for (const bridge of bridges) await bridge.stop()
  }
})
