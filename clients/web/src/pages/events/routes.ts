import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/events', component: () => import('./EventsPage.vue'), meta: { title: 'shell.places.events' } },
]
