import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const SOURCE = fileURLToPath(new URL('../src/early/early.js', import.meta.url))
const WORDS = /\/locales\/(\w\w)\/index\.ts$/

export interface First {
  /** The address of the months. */
  timeline: string
  /** The address of the photos that the timeline shows first. */
  photos: string
  /** How many of their pictures are asked for at once, by the width of the window: the first rows. */
  narrow: number
  wide: number
}

/** Writes the hand-written first script of the page, with what it needs to know before it, and names it in the page. */
export function earlyScript(first: First): Plugin {
  let fileName = ''
  return {
    name: 'early-script',
    apply: 'build',
    generateBundle: {
      order: 'pre', // before the page is written, which names it
      handler(_options, bundle) {
        const words: Record<string, string> = {}
        for (const file of Object.values(bundle)) {
          const language = file.type === 'chunk' && WORDS.exec(file.facadeModuleId ?? '')?.[1]
          if (language) words[language] = `/${file.fileName}`
        }
        const known = `const WORDS = ${JSON.stringify(words)}\nconst FIRST = ${JSON.stringify(first)}\n`
        const source = known + readFileSync(SOURCE, 'utf8')
        fileName = `assets/early-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.js`
        this.emitFile({ type: 'asset', fileName, source })
      },
    },
    transformIndexHtml: {
      order: 'post',
      handler: () => [{ tag: 'script', attrs: { async: true, src: `/${fileName}` }, injectTo: 'head-prepend' }],
    },
  }
}
