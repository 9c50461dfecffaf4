/** Where pictures of the map come from, as this browser keeps it; without it there is the outline that comes with the page. */
export interface Tiles {
  /** With {z}, {x} and {y} in it. */
  url: string
  /** What the server of the tiles wants to be said. */
  attribution: string
}

const KEY = 'tintype.tiles'

export function keptTiles(): Tiles | undefined {
  const kept = localStorage.getItem(KEY)
  return kept ? (JSON.parse(kept) as Tiles) : undefined
}

export function keepTiles(tiles: Tiles | undefined): void {
  if (tiles) localStorage.setItem(KEY, JSON.stringify(tiles))
  else localStorage.removeItem(KEY)
}

export function isTemplate(url: string): boolean {
  return /^https?:\/\/.+\{z\}.+/.test(url) && url.includes('{x}') && url.includes('{y}')
}
