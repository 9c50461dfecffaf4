import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowReactive, shallowRef, triggerRef, watch } from 'vue'
import { asProblem, ask, type Problem } from '@/api/problem'
import { useServices } from '@/services'
import { isPicture } from '@/upload/pictures'
import { hashOf, send, type Sending } from '@/upload/sending'

/** How far a file is; the last four are ends. */
export type UploadState = 'waiting' | 'checking' | 'sending' | 'new' | 'there' | 'restored' | 'refused'

export interface UploadItem {
  readonly id: number
  readonly file: File
  state: UploadState
  sentBytes: number
  /** Why it was refused. */
  problem?: Problem
  photoId?: string
}

const AT_ONCE = 3 // more gain nothing: the server checks and writes each before it answers
const MANY = 20 // files; more are an import, which may wait behind somebody's single photo
const ENDS: readonly UploadState[] = ['new', 'there', 'restored', 'refused']

/** The files that this page brings into the library: a few at a time, until all are there or refused. */
export const useUploads = defineStore('uploads', () => {
  const { api, session } = useServices()
  const items = shallowRef<UploadItem[]>([])
  const paused = ref(false)
  const skipped = ref(0)
  const sums = reactive({ bytes: 0, sentBytes: 0, new: 0, there: 0, restored: 0, refused: 0 })
  const under = new Map<UploadItem, Sending | undefined>()
  let last = 0

  const ended = computed(() => sums.new + sums.there + sums.restored + sums.refused)
  const busy = computed(() => ended.value < items.value.length)

  function add(files: readonly File[]): void {
    const pictures = files.filter((file) => isPicture(file.name))
    skipped.value += files.length - pictures.length
    for (const file of pictures) {
      items.value.push(shallowReactive<UploadItem>({ id: ++last, file, state: 'waiting', sentBytes: 0 }))
      sums.bytes += file.size
    }
    triggerRef(items)
    pump()
  }

  function pump(): void {
    for (const item of items.value) {
      if (paused.value || under.size >= AT_ONCE) return
      if (item.state === 'waiting' && !under.has(item)) void run(item)
    }
  }

  async function run(item: UploadItem): Promise<void> {
    under.set(item, undefined)
    try {
      await bring(item)
    } catch (cause) {
      refuse(item, asProblem(cause))
    } finally {
      under.delete(item)
      pump()
    }
  }

  async function bring(item: UploadItem): Promise<void> {
    item.state = 'checking'
    const sha256 = await hashOf(item.file)
    const found = sha256 ? await known(sha256) : undefined
    if (found?.presence === 'PRESENCE_PRESENT' || found?.presence === 'PRESENCE_FAILED') {
      return end(item, 'there', found.photoId)
    }
    if (paused.value) return void (item.state = 'waiting')
    item.state = 'sending'
    const progress = (sent: number): void => moved(item, sent)
    const backlog = items.value.length > MANY
    const sending = await send({ file: item.file, sha256, backlog, csrfToken: session.csrfToken, progress })
    under.set(item, sending)
    if (paused.value) {
      item.state = 'waiting'
      return sending.stop()
    }
    const { photoId, existed } = await sending.done
    end(item, found?.presence === 'PRESENCE_TRASHED' ? 'restored' : existed ? 'there' : 'new', photoId)
  }

  async function known(sha256: string) {
    return (await ask(api.POST('/v1/photos:check', { body: { sha256s: [sha256] } }))).checks?.[0]
  }

  function moved(item: UploadItem, sentBytes: number): void {
    sums.sentBytes += sentBytes - item.sentBytes
    item.sentBytes = sentBytes
  }

  function end(item: UploadItem, state: UploadState, photoId?: string): void {
    moved(item, item.file.size)
    if (photoId) item.photoId = photoId
    item.state = state
    sums[state as 'new']++
  }

  function refuse(item: UploadItem, problem: Problem): void {
    item.problem = problem
    end(item, 'refused')
  }

  /** What was stopped goes on from the bytes that have arrived. */
  async function pause(): Promise<void> {
    paused.value = true
    for (const [item, sending] of [...under]) {
      if (!sending) continue
      await sending.stop()
      under.delete(item)
      item.state = 'waiting'
    }
  }

  function resume(): void {
    paused.value = false
    pump()
  }

  function retry(item: UploadItem): void {
    if (item.state !== 'refused') return
    sums.refused--
    moved(item, 0)
    item.state = 'waiting'
    pump()
  }

  /** Forget what has ended. */
  function clear(): void {
    items.value = items.value.filter((item) => !ENDS.includes(item.state))
    const bytes = items.value.reduce((sum, item) => sum + item.file.size, 0)
    const sentBytes = items.value.reduce((sum, item) => sum + item.sentBytes, 0)
    Object.assign(sums, { bytes, sentBytes, new: 0, there: 0, restored: 0, refused: 0 })
    skipped.value = 0
  }

  async function drop(): Promise<void> {
    await pause()
    items.value = []
    clear()
    paused.value = false
  }

  watch(
    () => session.user.value?.userId,
    (user, before) => before && user !== before && void drop(),
  )
  addEventListener('beforeunload', (event) => busy.value && event.preventDefault())

  return { items, sums, paused, skipped, busy, ended, add, pause, resume, retry, clear }
})
