import { defineStore } from 'pinia'
import { computed, ref, shallowRef, triggerRef, watch } from 'vue'
import { asProblem } from '@/api/problem'
import { useServices } from '@/services'
import { bring } from '@/upload/bringing'
import { hasEnded, newItem, newTally, recount, type UploadEnd, type UploadItem } from '@/upload/item'
import { isPicture } from '@/upload/pictures'
import type { Sending } from '@/upload/sending'

const AT_ONCE = 3 // more gain nothing: the server checks and writes each before it answers
const MANY = 20 // files; more are an import, which may wait behind somebody's single photo

/** The files that this page brings into the library: a few at a time, until all are there or refused. */
export const useUploads = defineStore('uploads', () => {
  const { session } = useServices()
  const items = shallowRef<UploadItem[]>([])
  const paused = ref(false)
  const skipped = ref(0)
  const sums = newTally()
  const ended = computed(() => sums.new + sums.there + sums.restored + sums.refused)
  const busy = computed(() => ended.value < items.value.length)
  const { pump, stop } = useRunner(items, sums, paused)
  let last = 0

  function add(files: readonly File[]): void {
    const pictures = files.filter((file) => isPicture(file.name))
    skipped.value += files.length - pictures.length
    items.value.push(...pictures.map((file) => newItem(++last, file)))
    for (const file of pictures) sums.bytes += file.size
    triggerRef(items)
    pump()
  }

  /** What was stopped goes on from the bytes that have arrived. */
  async function pause(): Promise<void> {
    paused.value = true
    await stop()
  }

  function resume(): void {
    paused.value = false
    pump()
  }

  function retry(item: UploadItem): void {
    Object.assign(item, { state: 'waiting', sentBytes: 0 })
    recount(sums, items.value)
    pump()
  }

  /** Forget what has ended. */
  function clear(): void {
    items.value = items.value.filter((item) => !hasEnded(item))
    recount(sums, items.value)
    skipped.value = 0
  }

  async function forget(): Promise<void> {
    await pause()
    items.value = []
    clear()
    paused.value = false
  }

  watch(
    () => session.user.value?.userId,
    (user, before) => before && user !== before && void forget(),
  )
  addEventListener('beforeunload', (event) => busy.value && event.preventDefault())

  return { items, sums, paused, skipped, busy, ended, add, pause, resume, retry, clear }
})

/** Runs what waits, a few at once. */
function useRunner(items: { value: UploadItem[] }, sums: ReturnType<typeof newTally>, paused: { value: boolean }) {
  const { api, session } = useServices()
  const under = new Map<UploadItem, Sending | undefined>()

  function pump(): void {
    for (const item of items.value) {
      if (paused.value || under.size >= AT_ONCE) return
      if (item.state === 'waiting' && !under.has(item)) void run(item)
    }
  }

  function moved(item: UploadItem, sentBytes: number): void {
    sums.sentBytes += sentBytes - item.sentBytes
    item.sentBytes = sentBytes
  }

  function end(item: UploadItem, how: UploadEnd): void {
    moved(item, item.file.size)
    item.state = how
    sums[how]++
  }

  async function run(item: UploadItem): Promise<void> {
    under.set(item, undefined)
    try {
      const brought = await bring({
        api,
        file: item.file,
        backlog: items.value.length > MANY,
        csrfToken: session.csrfToken,
        paused: () => paused.value,
        state: (state) => (item.state = state),
        progress: (sent) => moved(item, sent),
        moving: (sending) => void under.set(item, sending),
      })
      item.photoId = brought?.photoId ?? ''
      if (brought) end(item, brought.end)
      else item.state = 'waiting'
    } catch (cause) {
      item.problem = asProblem(cause)
      end(item, 'refused')
    } finally {
      under.delete(item)
      pump()
    }
  }

  async function stop(): Promise<void> {
    for (const [item, sending] of [...under]) {
      if (!sending) continue // it sees that by itself before it sends
      await sending.stop()
      under.delete(item)
      item.state = 'waiting'
    }
  }

  return { pump, stop }
}
