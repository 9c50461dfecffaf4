import type { Api } from '@/api/client'
import { ask } from '@/api/problem'
import { hashOf, send, type Sending } from '@/upload/sending'
import type { UploadEnd, UploadState } from '@/upload/item'

export interface Bringing {
  api: Api
  file: File
  backlog: boolean
  csrfToken: () => string
  paused: () => boolean
  state: (state: UploadState) => void
  progress: (sentBytes: number) => void
  /** Told how to stop it, once it moves. */
  moving: (sending: Sending) => void
}

export interface Brought {
  end: UploadEnd
  photoId: string
}

/** Bring one file into the library, unless it has the same bytes; undefined if it was paused on the way. */
export async function bring(options: Bringing): Promise<Brought | undefined> {
  const { api, file, backlog, csrfToken, progress } = options
  options.state('checking')
  const sha256 = await hashOf(file)
  const known = sha256
    ? (await ask(api.POST('/v1/photos:check', { body: { sha256s: [sha256] } }))).checks?.[0]
    : undefined
  if (known?.presence === 'PRESENCE_PRESENT' || known?.presence === 'PRESENCE_FAILED') {
    return { end: 'there', photoId: known.photoId ?? '' }
  }
  if (options.paused()) return undefined
  options.state('sending')
  const sending = await send({ file, sha256, backlog, csrfToken, progress })
  options.moving(sending)
  if (options.paused()) {
    await sending.stop()
    return undefined
  }
  const { photoId, existed } = await sending.done
  const restored = known?.presence === 'PRESENCE_TRASHED'
  return { end: restored ? 'restored' : existed ? 'there' : 'new', photoId }
}
