import { computed, readonly, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { forgetEarly, takeEarly } from '@/api/early'
import { Problem, problemOf } from '@/api/problem'
import type { User } from '@/api/types'

export interface SignIn {
  userName: string
  password: string
}

export interface SignUp extends SignIn {
  displayName?: string
  invitation?: string
}

export interface Session {
  /** Who is signed in; undefined while nobody is. */
  readonly user: Readonly<ShallowRef<User | undefined>>
  readonly administrator: ComputedRef<boolean>
  csrfToken(): string
  /** Ask the bridge who is signed in; the answer is kept. Throws a Problem if it cannot be asked. */
  restore(): Promise<User | undefined>
  signIn(form: SignIn): Promise<void>
  signUp(form: SignUp): Promise<void>
  signOut(): Promise<void>
  /** Forget who was signed in, as the bridge has. */
  ended(): void
  /** Show what was changed of the account. */
  renew(user: User): void
}

interface Answer {
  user: User
  csrfToken: string
}

/** The browser's session: the bridge keeps its tokens in cookies that no script can read. */
export function createSession(): Session {
  const user = shallowRef<User>()
  let csrf = ''
  let asked = false

  function keep(answer: Answer): void {
    user.value = answer.user
    csrf = answer.csrfToken
    asked = true
  }

  function ended(): void {
    user.value = undefined
    csrf = ''
    forgetEarly()
  }

  async function restore(): Promise<User | undefined> {
    if (asked) return user.value
    try {
      keep(await send<Answer>('GET', '/session'))
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.status !== 401) throw cause
      asked = true
      ended()
    }
    return user.value
  }

  async function signIn(form: SignIn): Promise<void> {
    keep(await send<Answer>('POST', '/session', { ...form, client: clientName() }))
  }

  return {
    user: readonly(user) as Readonly<ShallowRef<User | undefined>>,
    administrator: computed(() => user.value?.role === 'USER_ROLE_ADMINISTRATOR'),
    csrfToken: () => csrf,
    restore,
    signIn,
    async signUp(form) {
      keep(await send<Answer>('POST', '/session/signUp', { ...form, client: clientName() }))
    },
    async signOut() {
      await send('DELETE', '/session', undefined, csrf)
      ended()
    },
    ended,
    renew: (changed) => (user.value = changed),
  }
}

async function send<T>(method: string, path: string, body?: object, csrf = ''): Promise<T> {
  const headers: Record<string, string> = body ? { 'Content-Type': 'application/json' } : {}
  if (csrf) headers['X-CSRF-Token'] = csrf
  const init: RequestInit = { method, headers, credentials: 'same-origin' }
  if (body) init.body = JSON.stringify(body)
  const asked = (method === 'GET' && takeEarly(path)) || fetch(path, init)
  const response = await asked.catch(() => {
    throw new Problem(0, 'OFFLINE', 'no answer came')
  })
  const answer: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw problemOf(response.status, answer)
  return answer as T
}

/** What the list of sessions calls this browser. */
function clientName(): string {
  const agent = navigator.userAgent
  const browser = /Firefox|Edg|OPR|Chrome|Safari/.exec(agent)?.[0] ?? ''
  const system = /Android|iPhone|iPad|Windows|Mac OS X|Linux/.exec(agent)?.[0] ?? ''
  return [{ Edg: 'Edge', OPR: 'Opera' }[browser] ?? browser, system].filter(Boolean).join(', ')
}
