import type { ComputedRef } from 'vue'
import { lastAtMost, nearestInRow } from '@/photos/layout'
import type { Position, Section } from '@/photos/source'
import type { Geometry } from '@/photos/useGeometry'

/** Where keys lead from a photo of a grid, by running numbers. */
export class GridMoves {
  constructor(
    private readonly sections: () => readonly Section[],
    private readonly geometry: Pick<Geometry, 'rows'>,
    private readonly starts: Pick<ComputedRef<number[]>, 'value'>,
  ) {}

  positionOf(at: number): Position {
    const section = Math.max(0, Math.min(this.sections().length - 1, lastAtMost(this.starts.value, at)))
    return { section, index: at - this.start(section) }
  }

  /** Where a key leads; undefined if it is none that moves. A page is as many rows as the window holds. */
  by(key: string, from: number, rowsOfPage: number): number | undefined {
    const last = (this.starts.value.at(-1) ?? 0) - 1
    const to = this.target(key, from, Math.max(1, rowsOfPage), last)
    return to === undefined ? undefined : Math.min(last, Math.max(0, to))
  }

  private target(key: string, from: number, rows: number, last: number): number | undefined {
    switch (key) {
      case 'ArrowRight':
        return from + 1
      case 'ArrowLeft':
        return from - 1
      case 'ArrowDown':
        return this.vertical(from, 1)
      case 'ArrowUp':
        return this.vertical(from, -1)
      case 'PageDown':
        return this.page(from, 1, rows)
      case 'PageUp':
        return this.page(from, -1, rows)
      case 'Home':
        return 0
      case 'End':
        return last
      default:
        return undefined
    }
  }

  private page(from: number, step: 1 | -1, rows: number): number {
    let at = from
    for (let i = 0; i < rows; i++) at = this.vertical(at, step)
    return at
  }

  /** The photo above or below: in the row next to this one, or in the section next to this one. */
  private vertical(from: number, step: 1 | -1): number {
    const { section, index } = this.positionOf(from)
    const here = this.sections()[section]
    if (!here) return from
    const layout = this.geometry.rows(here)
    const centre = (layout.x[index] ?? 0) + (layout.w[index] ?? 0) / 2
    const inside = nearestInRow(layout, lastAtMost(layout.rowStart, index) + step, centre)
    return inside >= 0 ? this.start(section) + inside : this.beside(from, section + step, step, centre)
  }

  private beside(from: number, section: number, step: 1 | -1, centre: number): number {
    const next = this.sections()[section]
    if (!next) return from
    const first = this.start(section)
    if (!next.photos.length) return step > 0 ? first : first + next.count - 1
    const layout = this.geometry.rows(next)
    const row = step > 0 ? 0 : layout.rowStart.length - 2
    return first + Math.max(0, nearestInRow(layout, row, centre))
  }

  private start(section: number): number {
    return this.starts.value[section] ?? 0
  }
}
