import createClient, { type Client, type Middleware } from 'openapi-fetch'
import type { paths } from '@/api/contract'
import { takeEarly } from '@/api/early'
import { problemOf } from '@/api/problem'

export type Api = Client<paths>

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/** What the client needs to know of the session. */
export interface Credentials {
  /** The token that proves that this page made the request; empty while nobody is signed in. */
  csrfToken(): string
  /** Called when a call is refused because the session has ended. */
  ended(): void
}

/** The bridge, by the types of the contract. The session's cookie goes with every call, on the same origin. */
export function createApi(credentials: Credentials): Api {
  const api = createClient<paths>({
    baseUrl: location.origin,
    credentials: 'same-origin',
    fetch: (request) => (request.method === 'GET' && takeEarly(request.url)) || fetch(request),
  })
  const guard: Middleware = {
    onRequest({ request }) {
      if (!SAFE.has(request.method)) request.headers.set('X-CSRF-Token', credentials.csrfToken())
      return request
    },
    async onResponse({ response }) {
      if (response.status === 401 && !(await isOfPassword(response))) credentials.ended()
      return undefined
    },
  }
  api.use(guard)
  return api
}

/** A password that is asked for again may be wrong; that says nothing of the session. */
async function isOfPassword(response: Response): Promise<boolean> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  return problemOf(response.status, body).reason === 'SIGN_IN_REFUSED'
}
