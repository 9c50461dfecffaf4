import { PiniaColada } from '@pinia/colada'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { createApi } from '@/api/client'
import App from '@/App.vue'
import { createFeed } from '@/feed/feed'
import { createWords, preferredLocale } from '@/i18n'
import { createRoutes } from '@/router'
import { createLibrary } from '@/photos/library'
import { provideServices } from '@/services'
import { createSession } from '@/session/session'
import '@/styles/base.css'
import { createTheme } from '@/theme/theme'
import { createToasts } from '@/ui/toasts'
import { registerWorker } from '@/worker/register'

const session = createSession()
const api = createApi(session)
const feed = createFeed(session.ended)
const router = createRoutes(session)
const app = createApp(App)
provideServices(app, {
  api,
  session,
  feed,
  library: createLibrary(api, feed),
  theme: createTheme(),
  toasts: createToasts(),
})
app.use(createPinia()).use(PiniaColada, {})
app.use(router)
app.use(await createWords(preferredLocale()))
app.mount('#app')
registerWorker()
