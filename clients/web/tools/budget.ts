import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Fails the build where the scripts of the first page, words included, are larger than they may be, compressed. */
export function firstLoadBudget(limit: { kilobytes: number }): Plugin {
  return {
    name: 'first-load-budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
      const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
      const first = new Set<string>()
      const take = (name: string): void => {
        if (first.has(name)) return
        first.add(name)
        byName.get(name)?.imports.forEach(take)
      }
      const start = (path: string): void => {
        const found = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(path))
        if (!found) this.error(`the first page has no chunk of ${path}`)
        else take(found.fileName)
      }
      // What the first page asks for at once: the entry with the timeline's page, and the words of one language.
      for (const path of ['/index.html', '/locales/de/index.ts']) start(path)
      const sizes = [...first].map((name) => gzipSync(byName.get(name)?.code ?? '').length)
      const total = sizes.reduce((sum, size) => sum + size, 0) / 1000
      this.info(`first load: ${total.toFixed(1)} kB of JavaScript in ${first.size} files, compressed`)
      if (total > limit.kilobytes) this.error(`that is more than the ${limit.kilobytes} kB that it may be`)
    },
  }
}
