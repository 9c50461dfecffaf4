import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/', component: () => import('./TimelinePage.vue'), meta: { title: 'shell.places.photos', wide: true } },
]
