import type { CDPSession, Locator, Page } from '@playwright/test'

/** Files or folders of this machine, dragged over a page as by a person: the browser itself makes of them what it does. */
export class Drag {
  private constructor(
    private readonly devtools: CDPSession,
    private readonly files: readonly string[],
  ) {}

  static async of(page: Page, files: readonly string[]): Promise<Drag> {
    return new Drag(await page.context().newCDPSession(page), files)
  }

  async over(place: Locator): Promise<void> {
    await this.send('dragEnter', place)
    await this.send('dragOver', place)
  }

  async drop(place: Locator): Promise<void> {
    await this.send('dragOver', place)
    await this.send('drop', place)
  }

  private async send(type: 'dragEnter' | 'dragOver' | 'drop', place: Locator): Promise<void> {
    const box = await place.boundingBox()
    if (!box) throw new Error('there is no such place on the page')
    const data = { items: [], files: [...this.files], dragOperationsMask: 1 }
    const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, 300)]
    await this.devtools.send('Input.dispatchDragEvent', { type, x, y, data })
  }
}
