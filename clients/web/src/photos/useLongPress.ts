import { onBeforeUnmount } from 'vue'

const LONG_MS = 450
const STILL_PX = 10

export interface LongPress {
  onPointerdown(event: PointerEvent): void
  onPointermove(event: PointerEvent): void
  onPointerup(): void
  onPointercancel(): void
  onContextmenu(event: Event): void
  onClickCapture(event: Event): void
}

/** A finger that rests does what a mouse does by pointing: listeners for the element, and the click after it does nothing. */
export function useLongPress(run: () => void): LongPress {
  let timer = 0
  let from = { x: 0, y: 0 }
  let touching = false
  let done = false

  function stop(): void {
    clearTimeout(timer)
  }

  onBeforeUnmount(stop)
  return {
    onPointerdown({ pointerType, clientX, clientY }) {
      touching = pointerType !== 'mouse'
      done = false
      if (!touching) return
      from = { x: clientX, y: clientY }
      timer = window.setTimeout(() => {
        done = true
        run()
      }, LONG_MS)
    },
    onPointermove({ clientX, clientY }) {
      if (Math.hypot(clientX - from.x, clientY - from.y) > STILL_PX) stop()
    },
    onPointerup: stop,
    onPointercancel: stop,
    onContextmenu(event) {
      if (touching) event.preventDefault() // the browser's own menu of a link
    },
    onClickCapture(event) {
      if (!done) return
      done = false
      event.preventDefault()
      event.stopPropagation()
    },
  }
}
