import PhotoSwipe, { type SlideData } from 'photoswipe'
import { onBeforeUnmount, shallowRef, watch, type ShallowRef } from 'vue'
import { mediaUrl, SHOWN_BY_BROWSERS } from '@/api/media'
import type { GridPhoto } from '@/photos/gridPhoto'
import { numberOf, offsets, photoAt, type PhotoSource } from '@/photos/source'

export interface Slides {
  /** The photo that is shown; undefined until it is found. */
  readonly current: Readonly<ShallowRef<GridPhoto | undefined>>
  readonly at: Readonly<ShallowRef<number>>
  readonly total: Readonly<ShallowRef<number>>
  start(stage: HTMLElement, photoId: string): Promise<void>
  step(by: 1 | -1): void
  zoom(by: number): void
  /** Fit the picture into the stage again, after its size changed. */
  resize(): void
}

interface Options {
  source: PhotoSource
  describe(photo: GridPhoto): string
  /** What to say of a photo without a picture. */
  without(photo: GridPhoto | undefined): string
  find(photoId: string): Promise<GridPhoto>
  show(photoId: string): void
  close(): void
  ended(): void
}

const PREVIEW_PX = 1440 // the longer side of a preview at most

/** One photo at a time over a source: PhotoSwipe does zooming, swiping and preloading. */
export function useSlides(options: Options): Slides {
  const { source } = options
  const current = shallowRef<GridPhoto>()
  const at = shallowRef(0)
  const total = shallowRef(1)
  let alone: GridPhoto | undefined // a photo that the source does not hold
  let swipe: PhotoSwipe | undefined
  let stage: HTMLElement

  const photo = (index: number): GridPhoto | undefined => alone ?? photoAt(source.sections.value, index)
  const count = (): number => (alone ? 1 : (offsets(source.sections.value).at(-1) ?? 0))

  function slide(index: number): SlideData {
    const found = photo(index)
    if (!found) void fetchAround(index)
    if (!found?.width || !found.thumbhash || found.broken) return { html: words(options.without(found)) }
    return { ...picture(found), alt: options.describe(found) }
  }

  /** Load the section of a slide that was reached before its photos, then draw it. */
  async function fetchAround(index: number): Promise<void> {
    const starts = offsets(source.sections.value)
    const section = source.sections.value.find((_, i) => index >= (starts[i] ?? 0) && index < (starts[i + 1] ?? 0))
    if (!section) return
    await source.load(section.key).catch(() => undefined)
    if (!photo(index)) return
    swipe?.refreshSlideContent(index)
    if (index === swipe?.currIndex) changed()
  }

  function changed(): void {
    if (!swipe) return
    at.value = swipe.currIndex
    total.value = count()
    current.value = photo(swipe.currIndex)
    if (current.value) options.show(current.value.id)
    if (!alone && swipe.currIndex > count() - 4) void source.more?.().catch(() => undefined)
  }

  function open(index: number): void {
    swipe?.destroy()
    swipe = make(stage, index)
    swipe.addFilter('numItems', count)
    swipe.addFilter('itemData', (_, i) => slide(i))
    swipe.on('change', changed)
    swipe.on('close', options.close)
    swipe.init()
    swipe.element?.setAttribute('role', 'presentation')
    swipe.element?.removeAttribute('tabindex')
    changed()
  }

  async function start(element: HTMLElement, photoId: string): Promise<void> {
    stage = element
    let index = numberOf(source.sections.value, photoId)
    if (index < 0) {
      const found = await options.find(photoId)
      await source.locate?.(found)
      index = numberOf(source.sections.value, photoId)
      if (index < 0) alone = found
    }
    open(Math.max(0, index))
  }

  // A photo that leaves the list gives way to the next; what else moves must not move what is looked at.
  watch(source.sections, () => {
    if (!swipe || !current.value || alone) return
    total.value = count()
    const index = numberOf(source.sections.value, current.value.id)
    if (index >= 0) current.value = photo(index)
    if (index === swipe.currIndex) return
    if (!count()) options.ended()
    else open(index >= 0 ? index : Math.min(swipe.currIndex, count() - 1))
  })
  onBeforeUnmount(() => swipe?.destroy())

  return {
    current,
    at,
    total,
    start,
    step: (by) => (by > 0 ? swipe?.next() : swipe?.prev()),
    zoom: (by) => swipe?.currSlide && swipe.zoomTo(swipe.currSlide.currZoomLevel * by, undefined, 200),
    resize: () => swipe?.updateSize(true),
  }
}

function make(stage: HTMLElement, index: number): PhotoSwipe {
  return new PhotoSwipe({
    index,
    appendToEl: stage,
    getViewportSizeFn: () => ({ x: stage.clientWidth, y: stage.clientHeight }),
    bgOpacity: 1,
    showHideAnimationType: 'none',
    loop: false,
    preload: [1, 2],
    wheelToZoom: true,
    maxZoomLevel: 4,
    secondaryZoomLevel: 2,
    ...{ trapFocus: false, returnFocus: false, escKey: false, arrowKeys: false }, // the dialog around it does that
    ...{ arrowPrev: false, arrowNext: false, close: false, zoom: false, counter: false },
  })
}

/** The preview, and for zooming the original where browsers can show it. */
function picture({ id, width, height, mediaType }: GridPhoto): SlideData {
  const scale = Math.min(1, PREVIEW_PX / Math.max(width, height))
  const preview = mediaUrl(id, 'preview')
  const slide: SlideData = { src: preview, width, height, msrc: mediaUrl(id, 'thumbnail') }
  if (scale < 1 && SHOWN_BY_BROWSERS.has(mediaType)) {
    slide.srcset = `${preview} ${Math.round(width * scale)}w, ${mediaUrl(id, 'original')} ${width}w`
  }
  return slide
}

function words(text: string): string {
  const element = document.createElement('p')
  element.className = 'without'
  element.textContent = text
  return element.outerHTML
}
