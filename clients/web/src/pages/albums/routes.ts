import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/albums', component: () => import('./AlbumsPage.vue'), meta: { title: 'shell.places.albums' } },
  {
    path: '/albums/:albumId',
    component: () => import('./AlbumPage.vue'),
    props: true,
    meta: { title: 'shell.places.albums', wide: true },
  },
]
