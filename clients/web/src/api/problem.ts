/** Why a call failed: what the bridge said as google.rpc.Status, or that nothing answered. */
export class Problem extends Error {
  constructor(
    /** The HTTP status; 0 if no answer came. */
    readonly status: number,
    /** The name of an ErrorReason without its prefix; OFFLINE if no answer came, UNKNOWN if it gave none. */
    readonly reason: string,
    message: string,
    /** What varies in the message, by name. */
    readonly metadata: Readonly<Record<string, string>> = {},
  ) {
    super(message)
    this.name = 'Problem'
  }

  get offline(): boolean {
    return this.status === 0
  }
}

interface ErrorInfo {
  reason?: string
  metadata?: Record<string, string>
}

interface Status {
  message?: string
  details?: readonly ErrorInfo[]
}

/** Read a body of google.rpc.Status; anything else is a problem without a reason. */
export function problemOf(status: number, body: unknown): Problem {
  const said: Status = typeof body === 'object' && body !== null ? body : {}
  const info = said.details?.find((detail) => typeof detail.reason === 'string')
  return new Problem(status, info?.reason ?? 'UNKNOWN', said.message ?? `HTTP ${status}`, info?.metadata)
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The data of a call of the client; throws a Problem if it failed. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    if (cause instanceof Problem) throw cause
    throw new Problem(0, 'OFFLINE', 'no answer came')
  })
  if (!response.ok) throw problemOf(response.status, error)
  return data as T
}

export function asProblem(cause: unknown): Problem {
  return cause instanceof Problem ? cause : new Problem(-1, 'UNKNOWN', String(cause))
}
