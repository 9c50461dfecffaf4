import { computed, ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { ask } from '@/api/problem'
import type { PagedSource } from '@/photos/pagedSource'
import { useServices } from '@/services'
import { useProblemText } from '@/ui/problemText'

interface Options {
  albumId: string
  source: PagedSource
  /** Whether the album's order is by hand. */
  byHand: () => boolean
  /** Give the focus to the photo with a running number. */
  focus: (at: number) => Promise<void> | undefined
}

/** Where a photo that is dragged would come to stand: a line beside another. */
interface Mark {
  photoId: string
  after: boolean
  left: number
  top: number
  height: number
}

export interface Arranging {
  /** The line to draw, in pixels of the window. */
  mark: Ref<Mark | undefined>
  /** What to say to whoever does not see it. */
  said: Ref<string>
  /** One place earlier or later. */
  step(photoId: string, by: -1 | 1): Promise<void>
  /** For the element around the photos. */
  on: {
    dragstart(event: DragEvent): void
    dragover(event: DragEvent): void
    drop(event: DragEvent): void
    dragend(): void
    keydown(event: KeyboardEvent): void
  }
}

const KIND = 'application/x-tintype-photo'
const STEPS: Record<string, -1 | 1> = { ArrowLeft: -1, ArrowRight: 1 }

/** Putting the photos of an album into order: by dragging, by keyboard, by commands. */
export function useArranging({ albumId, source, byHand, focus }: Options): Arranging {
  const { api, toasts } = useServices()
  const { t, n } = useI18n()
  const text = useProblemText()
  const said = ref('')
  const ids = computed(() => source.sections.value.flatMap((section) => section.photos.map((photo) => photo.id)))
  let last: Promise<unknown> = Promise.resolve() // one after another: each says which photo it follows

  async function move(photoId: string, afterPhotoId: string): Promise<void> {
    source.move(photoId, afterPhotoId)
    const at = ids.value.indexOf(photoId)
    said.value = t('albums.moved', { at: n(at + 1), total: n(ids.value.length) })
    const params = { path: { album_id: albumId } }
    const call = (): Promise<unknown> =>
      ask(api.POST('/v1/albums/{album_id}:move', { params, body: { photoId, afterPhotoId } }))
    last = last.then(call).catch(async (cause: unknown) => {
      toasts.error(text(cause))
      await source.reload()
    })
    await focus(at)
    await last
  }

  async function step(photoId: string, by: -1 | 1): Promise<void> {
    const others = ids.value.filter((id) => id !== photoId)
    const to = ids.value.indexOf(photoId) + by
    if (to >= 0 && to <= others.length) await move(photoId, others[to - 1] ?? '')
  }

  function keydown(event: KeyboardEvent): void {
    const photoId = (event.target as HTMLElement).dataset.photo
    const by = STEPS[event.key]
    if (!photoId || !by || !byHand() || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    void step(photoId, by)
  }

  const drag = useDragging({ byHand, ids, move })
  return { mark: drag.mark, said, step, on: { ...drag.on, keydown } }
}

interface DragOptions {
  byHand: () => boolean
  ids: Readonly<Ref<string[]>>
  move: (photoId: string, afterPhotoId: string) => Promise<void>
}

function useDragging({ byHand, ids, move }: DragOptions) {
  const mark = ref<Mark>()
  let dragged = ''

  function dragstart(event: DragEvent): void {
    dragged = byHand() ? (photoUnder(event)?.dataset.photo ?? '') : ''
    if (!dragged || !event.dataTransfer) return
    event.dataTransfer.effectAllowed = 'move'
    event.dataTransfer.setData(KIND, dragged)
  }

  function dragover(event: DragEvent): void {
    if (!dragged) return
    event.preventDefault()
    const tile = photoUnder(event)
    if (tile) mark.value = markAt(tile, event.clientX)
  }

  function drop(event: DragEvent): void {
    const [photoId, target] = [dragged, mark.value]
    dragend()
    if (!photoId || !target || target.photoId === photoId) return
    event.preventDefault()
    const others = ids.value.filter((id) => id !== photoId)
    const before = others[others.indexOf(target.photoId) - 1] ?? ''
    void move(photoId, target.after ? target.photoId : before)
  }

  function dragend(): void {
    dragged = ''
    mark.value = undefined
  }

  return { mark, on: { dragstart, dragover, drop, dragend } }
}

function photoUnder(event: DragEvent): HTMLElement | null | undefined {
  return (event.target as Element).closest('.tile')?.querySelector<HTMLElement>('[data-photo]')
}

function markAt(tile: HTMLElement, x: number): Mark {
  const box = tile.getBoundingClientRect()
  const after = x > box.left + box.width / 2
  return {
    photoId: tile.dataset.photo ?? '',
    after,
    left: after ? box.right : box.left,
    top: box.top,
    height: box.height,
  }
}
