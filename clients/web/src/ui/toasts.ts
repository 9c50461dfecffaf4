import { shallowReactive, shallowRef, type ShallowRef } from 'vue'

export interface Toast {
  id: number
  text: string
  kind: 'note' | 'error'
  /** What a button on it does, such as undoing. */
  action?: { label: string; run: () => void }
}

export interface Toasts {
  readonly shown: readonly Toast[]
  note(text: string, action?: Toast['action']): void
  error(text: string): void
  dismiss(id: number): void
  /** The modal dialog that they are shown in, for nothing else is seen then; undefined where there is none. */
  readonly within: ShallowRef<HTMLElement | undefined>
}

const READING_MS = 6000
const UNDO_MS = 10_000 // enough to reach the button by keyboard

/** Short messages at the edge of the window; they are read out, and go by themselves. */
export function createToasts(): Toasts {
  const shown = shallowReactive<Toast[]>([])
  let last = 0

  function dismiss(id: number): void {
    const at = shown.findIndex((toast) => toast.id === id)
    if (at >= 0) shown.splice(at, 1)
  }

  function show(toast: Omit<Toast, 'id'>): void {
    const id = ++last
    shown.push({ id, ...toast })
    if (shown.length > 3) shown.shift()
    setTimeout(() => dismiss(id), toast.action ? UNDO_MS : READING_MS)
  }

  return {
    shown,
    note: (text, action) => show({ text, kind: 'note', ...(action ? { action } : {}) }),
    error: (text) => show({ text, kind: 'error' }),
    dismiss,
    within: shallowRef(),
  }
}
