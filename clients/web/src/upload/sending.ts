import type { Upload as TusUpload } from 'tus-js-client'
import { Problem, problemOf } from '@/api/problem'

const ENDPOINT = '/v1/uploads/tus/'
const RETRIES_MS = [0, 500, 1000, 2000, 5000, 10_000, 20_000, 20_000, 20_000]
const MAY_PASS = new Set([0, 408, 409, 423, 429]) // and all of the server's own; anything else is a refusal
const PHOTO_ID = 'Tintype-Photo-Id'
const EXISTED = 'Tintype-Already-Existed'
const HASHED_WHOLE = 256 * 2 ** 20 // browsers hash in memory only; a bigger file is sent without its hash

/** One file on its way. Stopping keeps what has arrived: sent again, it goes on from there, even after a reload. */
export interface Sending {
  /** What it became, once all bytes have arrived and the library has taken the file. Throws a Problem. */
  readonly done: Promise<Arrived>
  stop(): Promise<void>
}

export interface Arrived {
  photoId: string
  /** The library had the same bytes before. */
  existed: boolean
}

export interface SendingOptions {
  file: File
  sha256: string
  /** It is one of many: a person's single photo goes before it. */
  backlog: boolean
  csrfToken: () => string
  progress: (sentBytes: number) => void
}

export async function send(options: SendingOptions): Promise<Sending> {
  const { Upload } = await import('tus-js-client')
  const { file } = options
  let settle: { resolve: (arrived: Arrived) => void; reject: (problem: Problem) => void } | undefined
  const done = new Promise<Arrived>((resolve, reject) => (settle = { resolve, reject }))
  const upload: TusUpload = new Upload(file, {
    endpoint: ENDPOINT,
    retryDelays: RETRIES_MS,
    removeFingerprintOnSuccess: true,
    metadata: metadataOf(options),
    onBeforeRequest: (request) => request.setHeader('X-CSRF-Token', options.csrfToken()),
    onShouldRetry: (error) => mayPass(error.originalResponse?.getStatus() ?? 0),
    onProgress: (sent) => options.progress(sent),
    onSuccess: ({ lastResponse: said }) =>
      settle?.resolve({ photoId: said.getHeader(PHOTO_ID) ?? '', existed: said.getHeader(EXISTED) === 'true' }),
    onError: (error) => settle?.reject(problemIn(error)),
  })
  const [before] = await upload.findPreviousUploads()
  if (before) upload.resumeFromPreviousUpload(before)
  upload.start()
  return { done, stop: () => upload.abort() }
}

/** What is known of a file beside its bytes; a time in the file itself wins over the file system's. */
function metadataOf({ file, sha256, backlog }: SendingOptions): Record<string, string> {
  return {
    filename: file.name,
    captureTime: new Date(file.lastModified).toISOString(),
    ...(sha256 ? { sha256 } : {}),
    ...(backlog ? { backlog: 'true' } : {}),
  }
}

function mayPass(status: number): boolean {
  return status >= 500 || MAY_PASS.has(status)
}

interface Answered {
  originalResponse?: { getStatus(): number; getBody(): string } | null
}

function problemIn(error: Error & Answered): Problem {
  const answer = error.originalResponse
  if (!answer) return new Problem(0, 'OFFLINE', error.message)
  try {
    return problemOf(answer.getStatus(), JSON.parse(answer.getBody()))
  } catch {
    return new Problem(answer.getStatus(), 'UNKNOWN', answer.getBody().slice(0, 200))
  }
}

/** The SHA-256 of a file in hexadecimal; empty where the browser cannot say it, as over plain http. */
export async function hashOf(file: File): Promise<string> {
  if (!globalThis.crypto?.subtle || file.size > HASHED_WHOLE) return ''
  const hash = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
