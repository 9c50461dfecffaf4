import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { inEveryLook } from './looks.ts'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** WCAG 2.2 AA as far as axe can tell, at both sizes and in both themes; and nothing is wider than the window. */
export async function expectAccessible(page: Page): Promise<void> {
  await inEveryLook(page, async (look) => {
    const found = await new AxeBuilder({ page }).withTags(RULES).analyze()
    const said = found.violations.map(
      (each) => `${each.id}: ${each.help}\n${each.nodes.map((node) => `    ${node.target.join(' ')} ${node.failureSummary ?? ''}`).join('\n')}`,
    )
    expect(said, `axe, ${look}`).toEqual([])
    const over = await page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth))
    expect(over, `pixels that the page is too wide, ${look}`).toBe(0)
  })
}
