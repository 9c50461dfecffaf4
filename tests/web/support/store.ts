import { randomUUID } from 'node:crypto'
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { listening } from './listening.ts'

/**
 * An object store that browsers reach, between the bridge and a library that has none: the library's HTTP port as it is
 * with `?public=` in TINTYPE_BLOBS_URL, and the store that its redirects lead to. That the library redirects so, and that
 * MinIO and versitygw answer so, is for tests/integration/test_media_route.py to say.
 */
export interface Store {
  /** The library's HTTP port, for a bridge. */
  http: string
  /** The origin of the store. */
  url: string
  /** What browsers asked the store. */
  asked: { method: string; headers: IncomingHttpHeaders }[]
  /** From now on it refuses what it is asked, as it does when a signature has ended. */
  refuse(): void
  /** From now on it allows no page of another origin to read what it says; pictures need no such leave. */
  hush(): void
  close(): Promise<void>
}

/** What the library says with a redirect beside its place. */
const KEPT = ['x-content-type-options', 'content-security-policy', 'referrer-policy', 'accept-ranges']
/** What a store knows of a file; nothing of the page that asks, and of what a browser may do. */
const STORED = ['content-type', 'content-length', 'content-disposition', 'content-range', 'accept-ranges', 'last-modified']
const REFUSAL = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>'

export async function storeOf(libraryHttp: string): Promise<Store> {
  const asked: Store['asked'] = []
  const places = new Map<string, string>()
  let [refuses, hushed] = [false, false]

  const bucket = await listening((came, answer) => {
    asked.push({ method: came.method ?? '', headers: came.headers })
    const place = places.get(came.url ?? '')
    if (!hushed) answer.setHeader('Access-Control-Allow-Origin', came.headers.origin ?? '*') // as MinIO does by itself
    if (refuses || !place) return void answer.writeHead(403, { 'Content-Type': 'application/xml' }).end(REFUSAL)
    ask(libraryHttp + place, came, (file) => {
      answer.writeHead(file.statusCode ?? 502, only(file.headers, STORED))
      file.pipe(answer)
    })
  })
  const front = await listening((came, answer) => {
    ask(libraryHttp + came.url, came, (file) => {
      const original = came.method === 'GET' && file.headers['content-disposition']?.startsWith('attachment')
      if (!original) {
        answer.writeHead(file.statusCode ?? 502, file.headers)
        return void file.pipe(answer)
      }
      file.destroy()
      const place = `/photos-originals/${randomUUID()}?X-Amz-Expires=60&X-Amz-Signature=${randomUUID()}`
      places.set(place, came.url ?? '')
      const headers = { ...only(file.headers, KEPT), 'cache-control': 'no-store', location: elsewhere(bucket.url) + place }
      answer.writeHead(307, headers).end()
    })
  })
  return {
    http: front.url,
    url: elsewhere(bucket.url),
    asked,
    refuse: () => (refuses = true),
    hush: () => (hushed = true),
    close: async () => void (await Promise.all([front.close(), bucket.close()])),
  }
}

/** By another name of this machine: cookies know no ports, so the session's would go along to the same one. */
function elsewhere(url: string): string {
  return url.replace('127.0.0.1', 'localhost')
}

/** Ask the library the same. */
function ask(url: string, came: IncomingMessage, answered: (file: IncomingMessage) => void): void {
  const headers = only(came.headers, ['range', 'if-range', 'if-none-match'])
  request(url, { method: came.method, headers }, answered).end()
}

function only(headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders {
  return Object.fromEntries(names.filter((name) => name in headers).map((name) => [name, headers[name]]))
}
