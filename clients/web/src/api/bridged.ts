/** A signed address as this page may load it: one of the library's own port is served by the bridge too. */
export function bridged(url: string | undefined): string {
  if (!url) return ''
  const at = new URL(url, location.origin)
  return at.pathname.startsWith('/media/') ? at.pathname + at.search : url
}
