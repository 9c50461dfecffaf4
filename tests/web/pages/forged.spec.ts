import { expect, test } from '../support/gallery.ts'
import { keepLook } from '../support/looks.ts'
import type { Person } from '../support/people.ts'
import { fileOf } from '../support/photos.ts'
import { foreignSite } from '../support/site.ts'

interface Listed {
  photos: { photoId: string }[]
}

async function photosOf(person: Person): Promise<number> {
  return (await person.call<Listed>('GET', '/v1/photos')).photos.length
}

test('the session alone changes nothing: the word of the page has to come with it', async ({ theirs, person, stage }) => {
  const photoIds = await person.upload([fileOf(stage, 'captioned-', 13)])
  await theirs.goto('/')
  const asked = await theirs.evaluate(async (photoIds) => {
    const { csrfToken } = await (await fetch('/session')).json()
    const send = async (headers: Record<string, string>): Promise<string> => {
      const body = JSON.stringify({ photoIds })
      const init = { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } }
      const said = await fetch('/v1/photos:batchTrash', init)
      return `${said.status} ${(await said.json()).details?.[0]?.reason ?? ''}`
    }
    const read = `${(await fetch('/v1/photos')).status}`
    const refused = [await send({}), await send({ 'X-CSRF-Token': 'guessed' })]
    const signedOut = `${(await fetch('/session', { method: 'DELETE' })).status}`
    return { read, refused, signedOut, taken: await send({ 'X-CSRF-Token': csrfToken }) }
  }, photoIds)
  expect(asked).toEqual({
    read: '200',
    refused: ['403 CSRF_TOKEN_INVALID', '403 CSRF_TOKEN_INVALID'],
    signedOut: '403',
    taken: '200 ',
  })
  expect(await photosOf(person)).toBe(0) // by the last call alone
})

test('a page of another origin makes the browser change nothing, and sign nobody in', async ({ theirs, person, stage }) => {
  const photoIds = await person.upload([fileOf(stage, 'captioned-', 14)])
  const signIn = JSON.stringify({ userName: person.userName, password: person.password, client: 'forged' })
  // A form sends text/plain whose text is JSON; a script sends the same without being able to read the answer.
  const form = (action: string, body: string): string =>
    `<form method="post" enctype="text/plain" action="${stage.url}${action}"><input name='${body.slice(0, -1)},"x":"' value='"}'><button>Win a prize</button></form>`
  const site = await foreignSite(
    `<!doctype html><title>elsewhere</title><h1>Elsewhere</h1>${form('/v1/photos:batchTrash', JSON.stringify({ photoIds }))}${form('/session', signIn)}`,
  )
  try {
    for (const [at, route] of ['/v1/photos:batchTrash', '/session'].entries()) {
      await theirs.goto(site.url)
      const sent = theirs.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith(route))
      const answered = theirs.waitForResponse((response) => response.url().endsWith(route))
      await theirs.getByRole('button', { name: 'Win a prize' }).nth(at).click()
      const cookies = (await (await sent).allHeaders()).cookie ?? ''
      expect(cookies, 'the browser sends the session along, so what refuses is the bridge').toContain('__Host-tintype')
      expect((await answered).status()).toBe(403)
      await keepLook(theirs, `forged-${at}`)
    }
    await theirs.goto(site.url)
    const readable = await theirs.evaluate(async (url) => {
      const init = { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{}' } as const
      await fetch(`${url}/v1/photos:batchTrash`, init).catch(() => undefined)
      return fetch(`${url}/v1/photos`, { credentials: 'include' }).then(
        () => true,
        () => false,
      )
    }, stage.url)
    expect(readable).toBe(false)
  } finally {
    await site.close()
  }
  expect(await photosOf(person)).toBe(1)
})
