import { nextTick, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { GridMoves } from '@/photos/gridMoves'
import { boxOf } from '@/photos/layout'
import { photoAt, type PhotoSource } from '@/photos/source'
import type { Geometry } from '@/photos/useGeometry'
import type { Scroll } from '@/photos/useScroll'
import type { Selection } from '@/photos/useSelection'

interface Options {
  source: () => PhotoSource
  selection: () => Selection
  geometry: Geometry
  scroll: Scroll
  starts: ComputedRef<number[]>
}

export interface GridKeys {
  /** The running number of the photo that Tab leads to. */
  active: ShallowRef<number>
  onKey(event: KeyboardEvent): void
  /** Scroll until a photo is in the window. */
  reveal(at: number): Promise<void>
  /** Bring a photo into the window and give it the focus. */
  focus(at: number): Promise<void>
}

const BARS = 140 // what lies over the page above and below

/** Moving through a grid by keyboard: arrows, Home and End, Page keys; Space chooses, Shift extends. */
export function useGridKeys(options: Options): GridKeys {
  const { source, selection, geometry, scroll, starts } = options
  const active = shallowRef(0)
  const moves = new GridMoves(() => source().sections.value, geometry, starts)
  const rowsInWindow = (): number => Math.floor((scroll.height.value - BARS) / geometry.frame.value.target)

  async function reveal(at: number): Promise<void> {
    await revealIn(options, moves, at)
  }

  async function focus(at: number): Promise<void> {
    active.value = at
    await reveal(at)
    const photo = photoAt(source().sections.value, at)
    const link = photo && scroll.root.value?.querySelector<HTMLElement>(`[data-photo="${photo.id}"]`)
    link?.focus({ preventScroll: true })
  }

  function move(to: number, extend: boolean): void {
    const photo = photoAt(source().sections.value, active.value)
    if (extend && photo && !selection().active.value) selection().toggle(photo, active.value)
    void focus(to).then(() => (extend ? selection().extendTo(to) : undefined))
  }

  function choose(extend: boolean): void {
    const photo = photoAt(source().sections.value, active.value)
    if (extend) void selection().extendTo(active.value)
    else if (photo) selection().toggle(photo, active.value)
  }

  function onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.target as HTMLElement).dataset.photo) return
    const to = moves.by(event.key, active.value, rowsInWindow())
    if (to !== undefined) move(to, event.shiftKey)
    else if (event.key === ' ' || event.key === 'x') choose(event.shiftKey)
    else return
    event.preventDefault()
  }

  return { active, onKey, reveal, focus }
}

async function revealIn({ source, geometry, scroll }: Options, moves: GridMoves, at: number): Promise<void> {
  const { section, index } = moves.positionOf(at)
  const found = source().sections.value[section]
  if (!found) return
  if (index >= found.photos.length) await source().load(found.key)
  const now = source().sections.value[section]
  if (!now || index >= now.photos.length) return
  await nextTick()
  const box = boxOf(geometry.rows(now), index, geometry.frame.value.gap)
  const top = scroll.start.value + (geometry.tops.value[section] ?? 0) + geometry.head(now) + box.y
  const [low, high] = [scrollY + BARS / 2, scrollY + innerHeight - BARS / 2]
  if (top < low) scrollTo({ top: top - BARS, behavior: 'instant' })
  else if (top + box.h > high) scrollTo({ top: top + box.h - innerHeight + BARS, behavior: 'instant' })
  scroll.settle()
  await nextTick()
}
