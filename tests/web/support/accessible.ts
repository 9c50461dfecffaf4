import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { inEveryLook, keepLook } from './looks.ts'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * Keep how a page looks at phone and desktop size, light and dark, and hold each look to WCAG 2.2 AA as far as axe can
 * tell; nothing may be wider than the window.
 */
export async function judge(page: Page, name: string): Promise<void> {
  await inEveryLook(page, async (look) => {
    await keepLook(page, `${name}-${look}`)
    const found = await new AxeBuilder({ page }).withTags(RULES).analyze()
    const said = found.violations.map(
      (each) => `${each.id}: ${each.help}\n${each.nodes.map((node) => `    ${node.target.join(' ')} ${node.failureSummary ?? ''}`).join('\n')}`,
    )
    expect.soft(said, `axe, ${look}`).toEqual([])
    const over = await page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth))
    expect.soft(over, `pixels that the page is too wide, ${look}`).toBe(0)
  })
}
