import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Stage } from './stage.ts'

/** Somebody with an account, by the bridge's REST. */
export interface Person {
  userName: string
  password: string
  /** Put files into the library; returns the ids of the photos. */
  upload(files: readonly string[]): Promise<string[]>
  /** Wait until nothing is left to do for them, and they can be found. */
  ready(photoIds: readonly string[]): Promise<void>
  call<T>(method: string, path: string, body?: object): Promise<T>
}

const PASSWORD = 'nine grey herons'
const READY_MS = 60_000
let last = 0

export async function newPerson(stage: Stage): Promise<Person> {
  const userName = `visitor${process.pid}-${++last}-${Date.now().toString(36)}`
  const answer = await fetch(`${stage.url}/v1/signUp`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ userName, password: PASSWORD, displayName: 'Visitor', client: 'browser tests' }),
  })
  if (!answer.ok) throw new Error(`sign-up was refused: ${await answer.text()}`)
  const { tokens } = (await answer.json()) as { tokens: { accessToken: string } }
  const authorization = `Bearer ${tokens.accessToken}`

  async function call<T>(method: string, route: string, body?: object): Promise<T> {
    const init: RequestInit = { method, headers: { Authorization: authorization, 'Content-Type': 'application/json' } }
    if (body) init.body = JSON.stringify(body)
    const said = await fetch(stage.url + route, init)
    if (!said.ok) throw new Error(`${method} ${route}: ${said.status} ${await said.text()}`)
    return (await said.json()) as T
  }

  async function uploadOne(file: string): Promise<string> {
    const form = new FormData()
    form.append('file', new Blob([await readFile(file)]), path.basename(file))
    const said = await fetch(`${stage.url}/v1/photos`, { method: 'POST', headers: { Authorization: authorization }, body: form })
    if (!said.ok) throw new Error(`${file}: ${said.status} ${await said.text()}`)
    const answer = (await said.json()) as { uploads?: { photo?: { photoId: string } }[]; photo?: { photoId: string } }
    return answer.photo?.photoId ?? answer.uploads?.[0]?.photo?.photoId ?? ''
  }

  async function ready(photoIds: readonly string[]): Promise<void> {
    const deadline = Date.now() + READY_MS
    for (;;) {
      const body = { photoIds: [...photoIds] }
      const { photos } = await call<{ photos: { state: string }[] }>('POST', '/v1/photos:batchGet', body)
      const index = await call<{ indexedPhotos: string; pending: string }>('GET', '/v1/search/index')
      const done = photos.every((photo) => photo.state !== 'PHOTO_STATE_PROCESSING')
      if (done && Number(index.indexedPhotos) >= photoIds.length && !Number(index.pending)) return
      if (Date.now() > deadline) throw new Error(`not ready in time: ${JSON.stringify([index, photos])}`)
      await wait(200)
    }
  }

  return {
    userName,
    password: PASSWORD,
    call,
    ready,
    async upload(files) {
      const photoIds: string[] = []
      for (const file of files) photoIds.push(await uploadOne(file))
      return photoIds
    },
  }
}
