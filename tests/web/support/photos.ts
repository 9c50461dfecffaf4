import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
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

/** A file with a picture of this size, made here: stripes, so that it stays small and is nobody's photo. */
export function drawn(file: string, width: number, height: number): string {
  const rows = Buffer.alloc((1 + width * 3) * height)
  for (let y = 0; y < height; y++) {
    const row = rows.subarray(y * (1 + width * 3) + 1, (y + 1) * (1 + width * 3))
    for (let x = 0; x < width; x++) row.set([(x >> 3) & 255, (y >> 2) & 255, ((x ^ y) >> 4) & 255], x * 3)
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2], 8) // bits, colours without transparency
  const parts = [part('IHDR', header), part('IDAT', deflateSync(rows)), part('IEND', Buffer.alloc(0))]
  writeFileSync(file, Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts]))
  return file
}

function part(kind: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind), data])
  const around = [Buffer.alloc(4), Buffer.alloc(4)] as const
  around[0].writeUInt32BE(data.length)
  around[1].writeUInt32BE(crc32(named))
  return Buffer.concat([around[0], named, around[1]])
}
