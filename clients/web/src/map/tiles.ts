/** Pictures of the ground from a server of tiles, where whoever runs the library has set one. */
export interface Tiles {
  /** With {z}, {x} and {y} in it. */
  url: string
  /** What the server of the tiles wants to be said. */
  attribution: string
}

const KEY = 'tintype.tiles'
const OFF = 'off'
let asked: Promise<Tiles | undefined> | undefined

/** The tiles of the library; without any, or without an answer, there is the outline that comes with the page. */
export function tilesOfLibrary(): Promise<Tiles | undefined> {
  asked ??= askForTiles().catch(() => {
    asked = undefined // the next map asks again
    return undefined
  })
  return asked
}

/** Those that a map of this browser shows. */
export async function tilesInUse(): Promise<Tiles | undefined> {
  return tilesWanted() ? tilesOfLibrary() : undefined
}

/** Whether this browser lets the server of tiles know where it looks. */
export function tilesWanted(): boolean {
  return localStorage.getItem(KEY) !== OFF
}

export function wantTiles(wanted: boolean): void {
  if (wanted) localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, OFF)
}

async function askForTiles(): Promise<Tiles | undefined> {
  const response = await fetch('/settings.json')
  const settings = (await response.json()) as { tiles: Tiles | null }
  return settings.tiles ?? undefined
}
