import PhotoSwipe, { type SlideData } from 'photoswipe'
import { shallowRef } from 'vue'
import { mediaUrl, SHOWN_BY_BROWSERS } from '@/api/media'
import type { GridPhoto } from '@/photos/gridPhoto'
import { numberOf, offsets, photoAt, type PhotoSource } from '@/photos/source'

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
export class Slides {
  /** The photo that is shown; undefined until it is found. */
  readonly current = shallowRef<GridPhoto>()
  readonly at = shallowRef(0)
  readonly total = shallowRef(1)
  private alone: GridPhoto | undefined // a photo that the source does not hold
  private swipe: PhotoSwipe | undefined
  private stage: HTMLElement | undefined

  constructor(private readonly options: Options) {}

  async start(stage: HTMLElement, photoId: string): Promise<void> {
    const { source, find } = this.options
    this.stage = stage
    let index = numberOf(source.sections.value, photoId)
    if (index < 0) {
      const found = await find(photoId)
      await source.locate?.(found)
      index = numberOf(source.sections.value, photoId)
      if (index < 0) this.alone = found
    }
    this.open(Math.max(0, index))
  }

  step(by: 1 | -1): void {
    if (by > 0) this.swipe?.next()
    else this.swipe?.prev()
  }

  zoom(by: number): void {
    const slide = this.swipe?.currSlide
    if (slide) this.swipe?.zoomTo(slide.currZoomLevel * by, undefined, 200)
  }

  /** Fit the picture into the stage again, after its size changed. */
  resize(): void {
    this.swipe?.updateSize(true)
  }

  /** A photo that leaves the list gives way to the next; what else moves must not move what is looked at. */
  follow(): void {
    const shown = this.current.value
    if (!this.swipe || this.alone) return
    this.total.value = this.count()
    if (!shown) return this.stay()
    const index = numberOf(this.options.source.sections.value, shown.id)
    if (index < 0) return void this.lost(shown)
    this.current.value = this.photo(index)
    if (index !== this.swipe.currIndex) this.open(index)
  }

  /** Nothing is shown while a photo is loaded. There is none to come if the list has become shorter than that. */
  private stay(): void {
    const last = this.count() - 1
    if (!this.swipe || this.swipe.currIndex <= last) return
    if (last < 0) this.options.ended()
    else this.open(last)
  }

  destroy(): void {
    const swipe = this.swipe
    this.swipe = undefined // before it says that it closes: nobody asked for that
    swipe?.destroy()
  }

  /** What is looked at is not where it was: it left the list, or its new date moved it to a part that is not loaded. */
  private async lost(photo: GridPhoto): Promise<void> {
    const elsewhere = await this.elsewhere(photo)
    if (!this.swipe || this.current.value?.id !== photo.id) return
    const index = numberOf(this.options.source.sections.value, photo.id)
    if (index >= 0) this.open(index)
    else if (elsewhere) this.current.value = elsewhere
    else if (!this.count()) this.options.ended()
    else this.open(Math.min(this.swipe.currIndex, this.count() - 1))
  }

  private async elsewhere(photo: GridPhoto): Promise<GridPhoto | undefined> {
    const { source, find } = this.options
    if (!source.locate) return undefined
    const found = await find(photo.id).catch(() => undefined)
    if (!found || found.trashed || found.archived) return undefined
    await source.locate(found).catch(() => undefined) // once it is counted there, the list changes again
    return found
  }

  private photo(index: number): GridPhoto | undefined {
    return this.alone ?? photoAt(this.options.source.sections.value, index)
  }

  private count(): number {
    return this.alone ? 1 : (offsets(this.options.source.sections.value).at(-1) ?? 0)
  }

  private open(index: number): void {
    if (!this.stage) return
    this.destroy()
    const swipe = make(this.stage, index)
    this.swipe = swipe
    swipe.addFilter('numItems', () => this.count())
    swipe.addFilter('itemData', (_, i) => this.slide(i))
    swipe.on('contentLoadImage', ({ content }) => spare(content))
    swipe.on('change', () => this.changed())
    swipe.on('close', () => {
      if (this.swipe === swipe) this.options.close()
    })
    swipe.init()
    swipe.element?.setAttribute('role', 'presentation')
    swipe.element?.removeAttribute('tabindex')
    this.changed()
  }

  private slide(index: number): SlideData {
    const found = this.photo(index)
    if (!found) void this.fetchAround(index)
    if (!found?.width || !found.thumbhash || found.broken) return { html: words(this.options.without(found)) }
    return { ...picture(found), alt: this.options.describe(found) }
  }

  /** Load the section of a slide that was reached before its photos, then draw it. */
  private async fetchAround(index: number): Promise<void> {
    const { source } = this.options
    const starts = offsets(source.sections.value)
    const section = source.sections.value.find((_, i) => index >= (starts[i] ?? 0) && index < (starts[i + 1] ?? 0))
    if (!section) return
    await source.load(section.key).catch(() => undefined) // the slide goes on saying that it loads
    if (!this.photo(index)) return
    this.swipe?.refreshSlideContent(index)
    if (index === this.swipe?.currIndex) this.changed()
  }

  private changed(): void {
    if (!this.swipe) return
    this.at.value = this.swipe.currIndex
    this.total.value = this.count()
    this.current.value = this.photo(this.swipe.currIndex)
    if (this.current.value) this.options.show(this.current.value.id)
    const nearEnd = !this.alone && this.swipe.currIndex > this.count() - 4
    if (nearEnd) void this.options.source.more?.().catch(() => undefined) // the grid asks again, and says why not
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

/** Without its original, which may lie in a store that does not give it, a photo keeps its preview. */
function spare({ element, data }: { element: HTMLElement | undefined; data: SlideData }): void {
  if (!(element instanceof HTMLImageElement)) return
  element.addEventListener('error', (event) => {
    if (!element.srcset) return
    event.stopImmediatePropagation() // before PhotoSwipe says that there is no picture
    delete data.srcset
    element.removeAttribute('srcset')
  })
}

function words(text: string): string {
  const element = document.createElement('p')
  element.className = 'without'
  element.textContent = text
  return element.outerHTML
}
