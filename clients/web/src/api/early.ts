declare global {
  interface Window {
    /** What src/early/early.js has asked for, by its address; not there where the page was not built. */
    tintypeEarly?: Map<string, Promise<Response>>
  }
}

/** The months, and the days of large ones: where the timeline's sections are. */
export const TIMELINE_QUERY = { daysFrom: 300 } // fewer than a section holds: a month that is cut may shrink
export const TIMELINE = `/v1/timeline?daysFrom=${TIMELINE_QUERY.daysFrom}`

/** The newest photos, whatever their months: what the timeline shows first. The build tells early.js. */
export const FIRST_QUERY = { pageSize: 60 }
export const FIRST_PHOTOS = `/v1/photos?pageSize=${FIRST_QUERY.pageSize}`

/** The answer to a request that was made before the scripts of the page were there; handed out once. */
export function takeEarly(address: string): Promise<Response> | undefined {
  const { pathname, search } = new URL(address, location.origin)
  const answer = window.tintypeEarly?.get(pathname + search)
  window.tintypeEarly?.delete(pathname + search)
  return answer
}

/** Whatever was asked for before is of another session. */
export function forgetEarly(): void {
  window.tintypeEarly?.clear()
}
