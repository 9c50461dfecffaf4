import { inject, type App, type InjectionKey } from 'vue'
import type { Api } from '@/api/client'
import type { Feed } from '@/feed/feed'
import type { Library } from '@/photos/library'
import type { Session } from '@/session/session'
import type { Theme } from '@/theme/theme'
import type { Toasts } from '@/ui/toasts'

/** What lives as long as the page, made once in main.ts. */
export interface Services {
  api: Api
  session: Session
  feed: Feed
  library: Library
  theme: Theme
  toasts: Toasts
}

const KEY: InjectionKey<Services> = Symbol('services')

export function provideServices(app: App, services: Services): void {
  app.provide(KEY, services)
}

export function useServices(): Services {
  const services = inject(KEY)
  if (!services) throw new Error('there are no services: main.ts provides them')
  return services
}
