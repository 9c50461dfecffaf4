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

/** A picture of so many bytes that it takes a while, made here: 24 bits a pixel, noise. */
export function noise(width: number, height: number): Buffer {
  const size = 54 + width * height * 3
  const bytes = Buffer.alloc(size)
  bytes.write('BM')
  bytes.writeUInt32LE(size, 2)
  bytes.writeUInt32LE(54, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(width, 18)
  bytes.writeInt32LE(height, 22)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(24, 28)
  for (let at = 54; at < size; at++) bytes[at] = (at * 2_654_435_761) >>> 24
  return bytes
}
