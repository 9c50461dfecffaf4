import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { judge } from '../support/accessible.ts'
import { expect, test } from '../support/gallery.ts'

test.describe.configure({ timeout: 120_000 }) // axe looks at each page four times

interface SignedIn {
  tokens: { accessToken: string }
}

test('a file that the storage has no room for is refused in words, and the others go on', async ({ theirs, person, stage }) => {
  const all = readdirSync(stage.folder).filter((name) => name.endsWith('.jpg') && !name.includes('trunc'))
  const bySize = all.map((name) => path.join(stage.folder, name)).sort((a, b) => statSync(a).size - statSync(b).size)
  const [small, second, big] = [bySize[0]!, bySize[1]!, bySize.at(-1)!]
  // A file counts as upload and as photo for a moment, while the one becomes the other.
  const room = 2 * (statSync(small).size + statSync(second).size) + 1000
  expect(statSync(big).size).toBeGreaterThan(room)
  await limit(stage, person.userName, room)

  await theirs.goto('/upload')
  await theirs.locator('input[name=files]').setInputFiles([big, small, second])
  await expect(theirs.getByText('3 files done')).toBeVisible({ timeout: 30_000 })
  await expect(theirs.getByText('2 new')).toBeVisible()
  await expect(theirs.getByText('1 refused')).toBeVisible()
  const row = theirs.getByRole('listitem').filter({ hasText: path.basename(big) })
  await expect(row).toContainText('Your storage is full.')
  await judge(theirs, 'upload-quota')

  await limit(stage, person.userName, 0)
  await expect(async () => {
    await row.getByRole('button', { name: /Try .* again/ }).click({ timeout: 1000 })
    await expect(theirs.getByText('3 new')).toBeVisible({ timeout: 3000 })
  }).toPass({ timeout: 60_000 }) // each process keeps a limit for a while
})

test('the settings say how full the storage is', async ({ theirs, person, stage }) => {
  const file = path.join(stage.folder, readdirSync(stage.folder).find((name) => name.endsWith('.jpg'))!)
  await limit(stage, person.userName, statSync(file).size + 100)
  await person.upload([file])
  await theirs.goto('/settings')
  const storage = theirs.getByRole('region', { name: 'Storage' })
  await storage.scrollIntoViewIfNeeded()
  await expect(storage.getByRole('meter').or(storage.getByRole('progressbar'))).toBeVisible()
  await judge(theirs, 'settings-full')
})

/** As an administrator does; 0 is no limit. */
async function limit(stage: { url: string; userName: string; password: string }, userName: string, quotaBytes: number): Promise<void> {
  const post = { method: 'POST', headers: { 'Content-Type': 'application/json' } }
  const body = JSON.stringify({ userName: stage.userName, password: stage.password, client: 'browser tests' })
  const { tokens } = (await (await fetch(`${stage.url}/v1/signIn`, { ...post, body })).json()) as SignedIn
  const headers = { Authorization: `Bearer ${tokens.accessToken}`, 'Content-Type': 'application/json' }
  let userId = ''
  for (let pageToken = ''; !userId; ) {
    const query = new URLSearchParams({ pageSize: '500', pageToken })
    const page = await (await fetch(`${stage.url}/v1/users?${query}`, { headers })).json()
    userId = page.users.find((user: { userName: string }) => user.userName === userName)?.userId ?? ''
    if (!(pageToken = page.nextPageToken)) break
  }
  const set = { method: 'PATCH', headers, body: JSON.stringify({ quotaBytes: String(quotaBytes) }) }
  const said = await fetch(`${stage.url}/v1/users/${userId}`, set)
  if (!said.ok) throw new Error(`the limit was not set: ${await said.text()}`)
}
