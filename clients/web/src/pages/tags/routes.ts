import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/tags', component: () => import('./TagsPage.vue'), meta: { title: 'shell.places.tags' } },
  {
    path: '/tags/:tag',
    component: () => import('./TagPage.vue'),
    props: true,
    meta: { title: 'shell.places.tags', wide: true },
  },
]
