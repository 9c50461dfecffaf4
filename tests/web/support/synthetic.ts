import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { listening } from './listening.ts'
import { ROOT } from './stage.ts'

/**
 * The built gallery over a made-up library of any size: the few routes that a timeline asks for, answered from a rule
 * instead of a catalog, so that a measurement of the page measures the page.
 */
export interface Synthetic {
  url: string
  /** How many pages of photos were asked for. */
  pages(): number
  /** How much of all photos lies before a place in the month nearest to this size: a share of each, newest first. */
  place(photosOfMonth: number, share: number): number
  close(): Promise<void>
}

interface Bucket {
  month: string
  count: number
  days?: { day: string; count: number }[]
}

const DIST = path.join(ROOT, 'build/web')
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}
const RATIOS = [1.5, 1.333, 0.75, 1.778, 0.667, 1, 1.5, 1.333] as const
const THUMBHASH = '1QcSHQRnh493V4dIh4eXh1h4kJUI'

export interface Costs {
  months: number
  /** What the line takes for every page of photos. */
  waitMs: number
  /** What the library takes for each photo of a page; it makes one page after another. */
  photoMs: number
}

const FREE: Costs = { months: 120, waitMs: 0, photoMs: 0 }

export async function syntheticLibrary(photos: number, { months, waitMs, photoMs } = FREE): Promise<Synthetic> {
  const buckets = spread(photos, months)
  const pictures = thumbnails()
  let pages = 0
  let busyUntil = 0
  const server = await listening((request, response) => {
    const url = new URL(request.url ?? '/', 'http://synthetic')
    if (url.pathname === '/v1/photos') pages++
    if (url.pathname !== '/v1/photos') return answer(request, response, url, buckets, pictures)
    const page = pageOf(url.searchParams, buckets)
    busyUntil = Math.max(busyUntil, performance.now() + waitMs) + page.photos.length * photoMs
    setTimeout(() => json(response, page), busyUntil - performance.now())
  })
  return { ...server, pages: () => pages, place: (size, share) => placeOf(buckets, size, share) }
}

/** Months from now backwards; busy ones hold six times as many as quiet ones. */
function spread(photos: number, months: number): Bucket[] {
  const weights = Array.from({ length: months }, (_, index) => 1 + ((index * 7) % 12) / 2)
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  let left = photos
  return weights.map((weight, index) => {
    const count = index === months - 1 ? left : Math.round((photos * weight) / all)
    left -= count
    const month = new Date(Date.UTC(2026, 7 - index, 1)).toISOString().slice(0, 10)
    return { month, count }
  })
}

function placeOf(buckets: Bucket[], size: number, share: number): number {
  const all = buckets.reduce((sum, { count }) => sum + count, 0)
  const nearest = buckets.reduce((best, each) => (Math.abs(each.count - size) < Math.abs(best.count - size) ? each : best))
  const before = buckets.slice(0, buckets.indexOf(nearest)).reduce((sum, { count }) => sum + count, 0)
  return (before + share * nearest.count) / all
}

/** When a photo of a month was taken, by its number: evenly over 28 days, newest first. */
function timeOf({ month, count }: Bucket, number: number): number {
  return Date.parse(month) + ((count - number) * 28 * 86_400_000) / (count + 1)
}

function counted(buckets: Bucket[], daysFrom: number): Bucket[] {
  return buckets.map((bucket) => (daysFrom && bucket.count >= daysFrom ? { ...bucket, days: daysOf(bucket) } : bucket))
}

function daysOf(bucket: Bucket): { day: string; count: number }[] {
  const days = new Map<string, number>()
  for (let number = 0; number < bucket.count; number++) {
    const day = new Date(timeOf(bucket, number)).toISOString().slice(0, 10)
    days.set(day, (days.get(day) ?? 0) + 1)
  }
  return [...days].map(([day, count]) => ({ day, count }))
}

function answer(request: IncomingMessage, response: ServerResponse, url: URL, buckets: Bucket[], pictures: Buffer[]): void {
  if (url.pathname === '/session') return json(response, { user: { userId: 'u', userName: 'mara', role: 'USER_ROLE_MEMBER' }, csrfToken: 'x' })
  if (url.pathname === '/v1/timeline') return json(response, { buckets: counted(buckets, Number(url.searchParams.get('daysFrom') ?? 0)) })
  const [, month, number] = /^\/v1\/photos\/p(\d+)x(\d+)$/.exec(url.pathname) ?? []
  if (month && number) return json(response, photo(Number(month), Number(number), timeOf(buckets[Number(month)]!, Number(number))))
  if (url.pathname.includes('/media/')) return picture(response, url.pathname, pictures)
  if (url.pathname === '/v1/events:watch') return void response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': open\n\n')
  if (url.pathname.startsWith('/v1/')) return json(response, {})
  return file(request, response, url.pathname)
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(body))
}

function picture(response: ServerResponse, name: string, pictures: Buffer[]): void {
  const [, month = 0, index = 0] = /p(\d+)x(\d+)/.exec(name) ?? []
  const number = Number(month) * 1009 + Number(index)
  response.writeHead(200, { 'Content-Type': 'image/jpeg', 'Cache-Control': 'max-age=600' }).end(pictures[number % pictures.length])
}

function file(request: IncomingMessage, response: ServerResponse, name: string): void {
  const wanted = path.join(DIST, path.normalize(name))
  const found = existsSync(wanted) && statSync(wanted).isFile() ? wanted : path.join(DIST, 'index.html')
  response.writeHead(200, { 'Content-Type': TYPES[path.extname(found)] ?? 'application/octet-stream' })
  if (request.method === 'HEAD') response.end()
  else createReadStream(found).pipe(response)
}

/** One page of the photos between two instants, newest first; the token is where the next begins. */
function pageOf(query: URLSearchParams, buckets: Bucket[]): { photos: object[]; nextPageToken: string; cursor: string } {
  const after = Date.parse(query.get('filter.after') ?? '') || 0
  const before = Date.parse(query.get('filter.before') ?? '') || Number.MAX_SAFE_INTEGER
  const size = Number(query.get('pageSize') ?? 0) || 50
  const begin = Number(query.get('pageToken') ?? 0)
  const photos: object[] = []
  let seen = 0
  for (const [index, bucket] of buckets.entries()) {
    const start = Date.parse(bucket.month)
    if (start >= before || start + 31 * 86_400_000 < after) continue
    for (let number = 0; number < bucket.count && photos.length < size; number++) {
      const time = timeOf(bucket, number)
      if (time < after || time >= before) continue
      if (seen++ >= begin) photos.push(photo(index, number, time))
    }
  }
  const more = photos.length === size
  return { photos, nextPageToken: more ? String(begin + size) : '', cursor: 'c' }
}

function photo(month: number, number: number, time: number): object {
  const ratio = RATIOS[(month * 5 + number * 3) % RATIOS.length]!
  const instant = new Date(time).toISOString()
  return {
    photoId: `p${month}x${number}`,
    revision: '3',
    etag: 'e',
    fileName: `IMG_${number}.jpg`,
    mediaType: 'image/jpeg',
    widthPx: Math.round(3000 * ratio),
    heightPx: 3000,
    captureTime: { instant, localTime: instant.slice(0, 19), utcOffsetMinutes: 0, utcOffsetSource: 'OFFSET_SOURCE_UNKNOWN' },
    uploadTime: instant,
    state: 'PHOTO_STATE_READY',
    thumbhash: THUMBHASH,
    tags: [],
    albumIds: [],
    stages: [],
  }
}

/** Real pictures of a thumbnail's size where they are; the demo's elsewhere. */
function thumbnails(): Buffer[] {
  const real = path.join(ROOT, '../shared/samples/captioned')
  const folder = existsSync(real) ? real : path.join(ROOT, 'demo/pictures')
  const names = readdirSync(folder).filter((name) => /^f.*\.jpg$/.test(name) || (folder !== real && name.endsWith('.jpg')))
  return names.slice(0, 200).map((name) => readFileSync(path.join(folder, name)))
}
