import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/upload', component: () => import('./UploadPage.vue'), meta: { title: 'shell.places.upload' } },
]
