import type { RouteRecordRaw } from 'vue-router'

const open = { open: true, bare: true }

export const routes: RouteRecordRaw[] = [
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('./SignInPage.vue'),
    meta: { ...open, title: 'account.signIn' },
  },
  {
    path: '/sign-up',
    name: 'sign-up',
    component: () => import('./SignUpPage.vue'),
    meta: { ...open, title: 'account.signUp' },
  },
  {
    path: '/offline',
    name: 'offline',
    component: () => import('./OfflinePage.vue'),
    meta: { ...open, title: 'ui.offlineTitle' },
  },
  {
    path: '/:rest(.*)*',
    name: 'lost',
    component: () => import('./LostPage.vue'),
    meta: { title: 'ui.lostTitle' },
  },
]
