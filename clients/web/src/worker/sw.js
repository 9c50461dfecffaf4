// The service worker. VERSION and FILES stand before it, written by the build: see tools/serviceWorker.ts.
// It keeps the page's own files, so that the gallery opens without a network, and takes what other apps share.
// Answers of the library and photos are never kept here: they end with the session.

const SHELL = `tintype-${VERSION}`
const SHARED = 'tintype-shared'

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(FILES)))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (url.origin !== location.origin) return
  if (request.method === 'POST' && url.pathname === '/upload') event.respondWith(takeShared(request))
  else if (request.method !== 'GET') return
  else if (request.mode === 'navigate' && !isLibrary(url)) event.respondWith(page(request))
  else if (FILES.includes(url.pathname)) event.respondWith(kept(request))
})

async function forgetOthers() {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name !== SHELL && name !== SHARED).map((name) => caches.delete(name)))
}

function isLibrary(url) {
  return ['/v1/', '/session', '/media/', '/docs', '/health'].some((path) => url.pathname.startsWith(path))
}

/** The page as it is now; without a network the one that was kept, which says so itself. */
async function page(request) {
  try {
    return await fetch(request)
  } catch {
    return (await caches.match('/', { cacheName: SHELL })) ?? Response.error()
  }
}

/** Files have names of their contents: what is kept is right. The few that have none are asked for first. */
async function kept(request) {
  const known = await caches.match(request, { cacheName: SHELL })
  if (known && new URL(request.url).pathname.startsWith('/assets/')) return known
  return fetch(request).catch(() => known ?? Response.error())
}

/** Lay pictures that another app shares where the page for uploads finds them, then show that page. */
async function takeShared(request) {
  const form = await request.formData()
  const files = form.getAll('photos').filter((part) => part instanceof File)
  const cache = await caches.open(SHARED)
  await Promise.all(
    files.map((file, number) => {
      const headers = { 'Content-Type': file.type, 'X-File-Name': encodeURIComponent(file.name) }
      return cache.put(`/shared/${Date.now()}-${number}`, new Response(file, { headers }))
    }),
  )
  return Response.redirect('/upload?shared=1', 303)
}
