import { onBeforeUnmount, onMounted, ref, shallowRef, type Ref, type ShallowRef } from 'vue'

export interface Scroll {
  /** The window's place on the page, in steps: a grid need not think about every pixel. */
  top: Ref<number>
  height: Ref<number>
  /** The page is being flung: more than half a window passes in a frame. */
  flung: Ref<boolean>
  /** The width of an element, and how far below the top of the page it begins. */
  width: Ref<number>
  start: Ref<number>
  root: ShallowRef<HTMLElement | undefined>
  /** Take the place as it is now: after a jump that is no fling. */
  settle(): void
}

const STEP = 64
const REST_MS = 120

/** Where the window is on the page, looked at once a frame at most. */
export function useScroll(): Scroll {
  const root = shallowRef<HTMLElement>()
  const [top, height, width, start] = [ref(scrollY), ref(innerHeight), ref(0), ref(0)]
  const flung = ref(false)
  let frame = 0
  let last = scrollY
  let rest = 0

  function look(): void {
    frame = 0
    const now = scrollY
    if (Math.abs(now - last) > height.value / 2) flung.value = true
    clearTimeout(rest)
    rest = window.setTimeout(settle, REST_MS)
    last = now
    top.value = Math.round(now / STEP) * STEP
  }

  function settle(): void {
    last = scrollY
    flung.value = false
    top.value = scrollY
  }

  function onScroll(): void {
    frame ||= requestAnimationFrame(look)
  }

  function measure(): void {
    height.value = innerHeight
    if (!root.value) return
    width.value = root.value.clientWidth
    start.value = root.value.getBoundingClientRect().top + scrollY
  }

  const sizes = new ResizeObserver(measure)
  onMounted(() => {
    measure()
    if (root.value) sizes.observe(root.value)
    sizes.observe(document.documentElement)
    addEventListener('scroll', onScroll, { passive: true })
    addEventListener('resize', measure)
  })
  onBeforeUnmount(() => {
    sizes.disconnect()
    cancelAnimationFrame(frame)
    clearTimeout(rest)
    removeEventListener('scroll', onScroll)
    removeEventListener('resize', measure)
  })
  return { top, height, flung, width, start, root, settle }
}
