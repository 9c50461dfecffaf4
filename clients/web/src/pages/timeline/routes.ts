import type { RouteRecordRaw } from 'vue-router'
import TimelinePage from '@/pages/timeline/TimelinePage.vue'

export const routes: RouteRecordRaw[] = [
  // Not loaded when it is asked for, as all others are: it is the first page of nearly everybody.
  { path: '/', component: TimelinePage, meta: { title: 'shell.places.photos', wide: true } },
]
