import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const SOURCE = fileURLToPath(new URL('../src/worker/sw.js', import.meta.url))
const SHELL = ['/', '/icon.svg', '/manifest.webmanifest']

/** Writes /sw.js beside the page: the hand-written worker, and before it the names of the files that it keeps. */
export function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    generateBundle(_options, bundle) {
      const files = Object.keys(bundle)
        .filter((name) => /\.(js|css)$/.test(name))
        .map((name) => `/${name}`)
      const code = readFileSync(SOURCE, 'utf8')
      const version = createHash('sha256')
        .update([...files, code].join('\n'))
        .digest('hex')
        .slice(0, 12)
      const source = `const VERSION = '${version}'\nconst FILES = ${JSON.stringify([...SHELL, ...files])}\n${code}`
      this.emitFile({ type: 'asset', fileName: 'sw.js', source })
    },
  }
}
