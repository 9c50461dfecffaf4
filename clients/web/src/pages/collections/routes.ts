import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/favourites',
    component: () => import('./FavouritesPage.vue'),
    meta: { title: 'shell.places.favourites', wide: true },
  },
  {
    path: '/archive',
    component: () => import('./ArchivePage.vue'),
    meta: { title: 'shell.places.archive', wide: true },
  },
  { path: '/trash', component: () => import('./TrashPage.vue'), meta: { title: 'shell.places.trash', wide: true } },
]
