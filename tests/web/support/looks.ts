import type { Page } from '@playwright/test'
import path from 'node:path'
import { ROOT } from './stage.ts'

const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1440, height: 900 } } as const
const THEMES = ['light', 'dark'] as const

export type Size = keyof typeof SIZES

/** Do something at phone and desktop size, light and dark; the page is left as it was found. */
export async function inEveryLook(page: Page, act: (look: string, size: Size) => Promise<void>): Promise<void> {
  const before = page.viewportSize()
  for (const size of Object.keys(SIZES) as Size[]) {
    await page.setViewportSize(SIZES[size])
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
      await settled(page)
      await act(`${size}-${theme}`, size)
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null })
  if (before) await page.setViewportSize(before)
}

/** Keep how a page looks, four times, in build/web-screenshots. */
export async function keepLooks(page: Page, name: string): Promise<void> {
  await inEveryLook(page, (look) => keepLook(page, `${name}-${look}`))
}

export async function keepLook(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(ROOT, 'build/web-screenshots', `${name}.png`) })
}

/** Fonts are there, pictures in view are decoded, and two frames were drawn since. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready
    const inView = [...document.images].filter((image) => {
      const box = image.getBoundingClientRect()
      return box.bottom > 0 && box.top < innerHeight && box.width > 0
    })
    const patience = new Promise((resolve) => setTimeout(resolve, 5000))
    await Promise.race([Promise.allSettled(inView.map((image) => image.decode())), patience])
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  })
}
