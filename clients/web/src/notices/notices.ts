import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import type { LibraryEvent } from '@/api/types'
import { useServices } from '@/services'

/** What happened, to so many photos or albums at about one time. */
export interface Notice {
  id: number
  kind: NoticeKind
  count: number
  /** The last of them, to be shown. */
  photoId: string
  time: number
}

const KINDS = {
  LIBRARY_EVENT_KIND_PHOTO_REGISTERED: 'added',
  LIBRARY_EVENT_KIND_PHOTO_READY: 'ready',
  LIBRARY_EVENT_KIND_PHOTO_DELETED: 'deleted',
  LIBRARY_EVENT_KIND_ALBUM_DELETED: 'albumDeleted',
} as const
export type NoticeKind = (typeof KINDS)[keyof typeof KINDS] | 'partial'

const TOGETHER_MS = 60_000 // events of one kind closer than this are one notice
const QUIET_MS = 1500 // after the last event of a run, it is told
const KEPT = 50
const KEY = 'tintype.notices.'

/** The feed of events, in sentences such as "412 photos are ready"; the last are kept in this browser. */
export const useNotices = defineStore('notices', () => {
  const { feed, session, toasts } = useServices()
  const { t, n } = useI18n({ useScope: 'global' })
  const all = ref<Notice[]>([])
  const seen = ref(0)
  const unseen = computed(() => all.value.filter((notice) => notice.id > seen.value).length)
  const untold = new Map<NoticeKind, number>()
  let timer = 0

  function kindOf(event: LibraryEvent): NoticeKind | undefined {
    if (event.state === 'PHOTO_STATE_PARTIAL') return 'partial'
    return KINDS[event.kind as keyof typeof KINDS]
  }

  function take(event: LibraryEvent): void {
    const kind = kindOf(event)
    if (!kind) return
    const time = Date.now()
    const before = all.value.find((notice) => notice.kind === kind)
    const joins = before && time - before.time < TOGETHER_MS
    const id = Math.max(seen.value, ...all.value.map((notice) => notice.id), 0) + 1
    const notice = { id, kind, count: (joins ? before.count : 0) + 1, photoId: event.photoId ?? '', time }
    all.value = [notice, ...all.value.filter((each) => !joins || each !== before)].slice(0, KEPT)
    untold.set(kind, (untold.get(kind) ?? 0) + 1)
  }

  function sentence(kind: NoticeKind, count: number): string {
    return t(`notices.${kind}`, { n: n(count) }, count)
  }

  function tell(): void {
    const ready = untold.get('ready') ?? 0
    if (ready) toasts.note(sentence('ready', ready))
    untold.clear()
  }

  function look(): void {
    seen.value = Math.max(seen.value, ...all.value.map((notice) => notice.id), 0)
  }

  feed.listen((events) => {
    events.forEach(take)
    clearTimeout(timer)
    timer = window.setTimeout(tell, QUIET_MS)
  })
  watch(
    () => session.user.value?.userId,
    (user) => {
      const kept = JSON.parse(localStorage.getItem(KEY + (user ?? '')) ?? '{}') as { all?: Notice[]; seen?: number }
      all.value = kept.all ?? []
      seen.value = kept.seen ?? 0
    },
    { immediate: true },
  )
  watch([all, seen], () => {
    const user = session.user.value?.userId
    if (user) localStorage.setItem(KEY + user, JSON.stringify({ all: all.value, seen: seen.value }))
  })

  return { all, unseen, sentence, look }
})
