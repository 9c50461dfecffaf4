import { computed, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { estimate, justify, lastAtMost, type Frame, type Layout } from '@/photos/layout'
import type { GridPhoto } from '@/photos/gridPhoto'
import type { Section } from '@/photos/source'
import type { Scroll } from '@/photos/useScroll'

/** Where the sections lie on the page. */
export interface Geometry {
  frame: ComputedRef<Frame>
  /** The top of each section, and after the last the height of all. */
  tops: ComputedRef<Float64Array>
  /** The rows of a section, as far as its photos are loaded. */
  rows(section: Section): Layout
  /** How much of a section's top its heading takes. */
  head(section: Section): number
}

const HEAD = 52
const NARROW = 640

/** Heights of sections: known where their photos are loaded, guessed where not. */
export function useGeometry(sections: Ref<readonly Section[]>, scroll: Scroll): Geometry {
  const frame = computed<Frame>(() => {
    const narrow = scroll.width.value < NARROW
    return { width: Math.max(1, scroll.width.value), target: narrow ? 118 : 196, gap: narrow ? 2 : 4 }
  })
  const kept = shallowRef(new WeakMap<readonly GridPhoto[], Layout>())
  watch(frame, () => (kept.value = new WeakMap()), { flush: 'sync' })

  function rows(section: Section): Layout {
    const known = kept.value.get(section.photos)
    if (known) return known
    const ratios = Float32Array.from(section.photos, (photo) => photo.ratio)
    const layout = justify(ratios, frame.value)
    kept.value.set(section.photos, layout)
    return layout
  }

  const head = (section: Section): number => (section.title ? HEAD : 0)

  function height(section: Section): number {
    const missing = section.count - section.photos.length
    const known = section.photos.length ? rows(section).height : 0
    return head(section) + known + (missing > 0 ? estimate(missing, frame.value) : 0)
  }

  const tops = computed(() => {
    const found = new Float64Array(sections.value.length + 1)
    sections.value.forEach((section, i) => (found[i + 1] = (found[i] ?? 0) + height(section)))
    return found
  })
  keepPlace(sections, tops, scroll)
  return { frame, tops, rows, head }
}

/** What the window shows stays where it is when sections above it turn out higher or lower than was thought. */
function keepPlace(sections: Ref<readonly Section[]>, tops: ComputedRef<Float64Array>, scroll: Scroll): void {
  let old = sections.value
  watch(
    tops,
    (now, before) => {
      const earlier = old
      old = sections.value
      const inside = scrollY - scroll.start.value
      if (inside <= 0 || before.length < 2) return
      const at = Math.min(earlier.length - 1, lastAtMost(before, inside))
      const to = old.findIndex((section) => section.key === earlier[at]?.key)
      if (to < 0) return
      const deep = inside - (before[at] ?? 0)
      const grew = old[to]?.count !== earlier[at]?.count // by photos behind the last: what was there stays
      const place = grew ? deep : shifted(deep, span(before, at), span(now, to))
      const moved = place + (now[to] ?? 0) - inside
      if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: 'instant' })
    },
    { flush: 'post' },
  )
}

function span(tops: Float64Array, at: number): number {
  return (tops[at + 1] ?? 0) - (tops[at] ?? 0)
}

/** A place inside a section whose height changed: near its top it stays, further below it moves in proportion. */
function shifted(inside: number, before: number, now: number): number {
  return before > 0 && inside > 200 ? (inside / before) * now : inside
}
