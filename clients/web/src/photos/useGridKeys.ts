import { nextTick, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { boxOf, lastAtMost, nearestInRow } from '@/photos/layout'
import { photoAt, type PhotoSource, type Position, type Section } from '@/photos/source'
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

/** Moving through a grid by keyboard: arrows, Home and End, Page keys; Space chooses, Shift extends, Escape lets go. */
export function useGridKeys({ source, selection, geometry, scroll, starts }: Options): GridKeys {
  const active = shallowRef(0)
  const sections = (): readonly Section[] => source().sections.value
  const total = (): number => starts.value.at(-1) ?? 0

  function positionOf(at: number): Position {
    const section = Math.min(sections().length - 1, lastAtMost(starts.value, at))
    return { section, index: at - (starts.value[section] ?? 0) }
  }

  async function reveal(at: number): Promise<void> {
    const { section, index } = positionOf(at)
    const found = sections()[section]
    if (!found) return
    if (index >= found.photos.length) await source().load(found.key)
    const now = sections()[section]
    if (!now || index >= now.photos.length) return
    const box = boxOf(geometry.rows(now), index, geometry.frame.value.gap)
    const top = scroll.start.value + (geometry.tops.value[section] ?? 0) + geometry.head(now) + box.y
    const [low, high] = [scrollY + BARS / 2, scrollY + innerHeight - BARS / 2]
    if (top < low) scrollTo({ top: top - BARS, behavior: 'instant' })
    else if (top + box.h > high) scrollTo({ top: top + box.h - innerHeight + BARS, behavior: 'instant' })
    scroll.settle()
    await nextTick()
  }

  async function focus(at: number): Promise<void> {
    active.value = at
    await reveal(at)
    const photo = photoAt(sections(), at)
    if (photo)
      scroll.root.value?.querySelector<HTMLElement>(`[data-photo="${photo.id}"]`)?.focus({ preventScroll: true })
  }

  /** The photo above or below, in the row next to this one, in the section next to this one if need be. */
  function vertical(step: 1 | -1): number {
    const { section, index } = positionOf(active.value)
    const here = sections()[section]
    if (!here) return active.value
    const layout = geometry.rows(here)
    const centre = (layout.x[index] ?? 0) + (layout.w[index] ?? 0) / 2
    const inside = nearestInRow(layout, lastAtMost(layout.rowStart, index) + step, centre)
    if (inside >= 0) return (starts.value[section] ?? 0) + inside
    const next = sections()[section + step]
    if (!next) return active.value
    const first = starts.value[section + step] ?? 0
    if (!next.photos.length) return step > 0 ? first : first + next.count - 1
    const beside = geometry.rows(next)
    const row = step > 0 ? 0 : beside.rowStart.length - 2
    return first + Math.max(0, nearestInRow(beside, row, centre))
  }

  function page(step: 1 | -1): number {
    let at = active.value
    const rows = Math.max(1, Math.floor((scroll.height.value - BARS) / geometry.frame.value.target))
    for (let i = 0; i < rows; i++) {
      active.value = at
      at = vertical(step)
    }
    return at
  }

  function target(key: string): number | undefined {
    switch (key) {
      case 'ArrowRight':
        return active.value + 1
      case 'ArrowLeft':
        return active.value - 1
      case 'ArrowDown':
        return vertical(1)
      case 'ArrowUp':
        return vertical(-1)
      case 'PageDown':
        return page(1)
      case 'PageUp':
        return page(-1)
      case 'Home':
        return 0
      case 'End':
        return total() - 1
      default:
        return undefined
    }
  }

  function onKey(event: KeyboardEvent): void {
    if (event.altKey || !(event.target as HTMLElement).dataset.photo) return
    const to = target(event.key)
    const photo = photoAt(sections(), active.value)
    if (to !== undefined) {
      event.preventDefault()
      const before = active.value
      const at = Math.min(total() - 1, Math.max(0, to))
      if (event.shiftKey && photo && !selection().active.value) selection().toggle(photo, before)
      void focus(at).then(() => (event.shiftKey ? selection().extendTo(at) : undefined))
    } else if ((event.key === ' ' || event.key === 'x') && photo) {
      event.preventDefault()
      if (event.shiftKey) void selection().extendTo(active.value)
      else selection().toggle(photo, active.value)
    }
  }

  return { active, onKey, reveal, focus }
}
