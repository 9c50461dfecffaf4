import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Stage } from './stage.ts'

/** One of the photos of the stage, by the set that it came from; without the real ones, any. */
export function fileOf(stage: Stage, prefix: string, at: number): string {
  const names = readdirSync(stage.folder).sort()
  const found = names.filter((name) => name.startsWith(prefix))
  const all = found.length ? found : names
  return path.join(stage.folder, all[at % all.length] ?? '')
}

export function bytesOf(file: string): Buffer {
  return readFileSync(file)
}
