// The first script of the page, small and on its own: while the others are on their way it asks for what they will ask
// for, and for the first pictures. WORDS and FIRST stand before it, written by the build: see tools/earlyScript.ts.
// src/api/early.ts hands the answers out.
;(() => {
  const early = (window.tintypeEarly = new Map())
  const ask = (path) => {
    const answer = fetch(path, { credentials: 'same-origin' })
    answer.catch(() => undefined) // whoever takes it hears of it
    early.set(path, answer)
    return answer
  }

  function preload(rel, href) {
    document.head.append(Object.assign(document.createElement('link'), { rel, href, crossOrigin: '' }))
  }

  /** Whoever is signed out gets no pictures, and the page says so. */
  async function pictures(answer) {
    const response = await answer
    if (!response.ok) return
    const { photos = [] } = await response.clone().json()
    for (const { photoId, thumbhash } of photos.slice(0, innerWidth < 640 ? FIRST.narrow : FIRST.wide)) {
      if (thumbhash) new Image().src = `/v1/photos/${photoId}/media/thumbnail`
    }
  }

  const languages = [localStorage.getItem('tintype.locale') ?? '', ...navigator.languages]
  const language = languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in WORDS) ?? 'en'
  preload('modulepreload', WORDS[language])
  ask('/session')
  if (location.pathname !== '/') return
  ask(FIRST.timeline)
  pictures(ask(FIRST.photos)).catch(() => undefined)
})()
