import { readonly, ref, type Ref } from 'vue'
import type { LibraryEvent } from '@/api/types'

export type Listener = (events: readonly LibraryEvent[]) => void

export interface Feed {
  /** Whether events arrive now. */
  readonly live: Readonly<Ref<boolean>>
  /** Hear of every event from now on, some at a time; returns what ends it. */
  listen(listener: Listener): () => void
  /** Hear that events may have been missed: what was loaded has to be asked for again. */
  onGap(listener: () => void): () => void
  open(): void
  close(): void
}

const GATHER_MS = 250 // an upload of hundreds becomes a few updates of the page

/**
 * What happens in the library, by server-sent events. The browser reconnects by itself and says which event it saw last.
 */
export function createFeed(signedOut: () => void): Feed {
  const live = ref(false)
  const listeners = new Set<Listener>()
  const gapListeners = new Set<() => void>()
  let source: EventSource | undefined
  let waiting: LibraryEvent[] = []
  let timer = 0

  function gather(event: LibraryEvent): void {
    waiting.push(event)
    timer ||= window.setTimeout(() => {
      const events = waiting
      waiting = []
      timer = 0
      for (const listener of listeners) listener(events)
    }, GATHER_MS)
  }

  function open(): void {
    if (source) return
    source = new EventSource('/v1/events:watch')
    source.onopen = () => (live.value = true)
    source.onerror = () => (live.value = false)
    source.onmessage = (message: MessageEvent<string>) => {
      if (!message.data) return
      const { event } = JSON.parse(message.data) as { event?: LibraryEvent }
      if (event) gather(event)
    }
    source.addEventListener('expired', () => gapListeners.forEach((listener) => listener()))
    source.addEventListener('signedOut', () => {
      close()
      signedOut()
    })
  }

  function close(): void {
    source?.close()
    source = undefined
    live.value = false
  }

  function listening<T>(set: Set<T>, listener: T): () => void {
    set.add(listener)
    return () => void set.delete(listener)
  }

  return {
    live: readonly(live),
    listen: (listener) => listening(listeners, listener),
    onGap: (listener) => listening(gapListeners, listener),
    open,
    close,
  }
}
