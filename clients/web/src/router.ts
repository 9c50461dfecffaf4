import { createRouter, createWebHistory, type Router, type RouteRecordRaw } from 'vue-router'
import { asProblem, Problem } from '@/api/problem'
import type { Session } from '@/session/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** The key of the page's title. */
    title?: string
    /** Pages for people who have not signed in. */
    open?: boolean
    /** The page is drawn without the frame of the gallery. */
    bare?: boolean
    /** The grid goes to the edges of the window. */
    wide?: boolean
  }
}

const areas = import.meta.glob<RouteRecordRaw[]>('./pages/*/routes.ts', { eager: true, import: 'routes' })

export function createRoutes(session: Session): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes: Object.values(areas).flat(),
    scrollBehavior: async (to, from, saved) => {
      if (saved) return tallEnough(saved.top).then(() => saved)
      return to.path === from.path ? false : { top: 0 }
    },
  })
  router.beforeEach(async (to) => {
    if (to.name === 'offline') return true
    const user = await session.restore().catch(asProblem)
    if (user instanceof Problem) return { name: 'offline', query: { next: to.fullPath } }
    if (to.meta.open) return user ? { path: '/' } : true
    return user ? true : { name: 'sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  })
  return router
}

const MOST_FRAMES = 60

/** Wait until the page reaches down to a place that is gone back to: grids measure the window before they are high. */
async function tallEnough(top: number): Promise<void> {
  for (let frame = 0; frame < MOST_FRAMES; frame++) {
    if (document.documentElement.scrollHeight >= top + innerHeight) return
    await new Promise(requestAnimationFrame)
  }
}
