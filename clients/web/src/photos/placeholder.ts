import { thumbHashToAverageRGBA, thumbHashToDataURL } from 'thumbhash'

const KEPT = 2000
const PATIENCE_MS = 80 // pictures that the browser has, or that are on their way already, are there before
const A_FRAME = 6 // decoding one takes some 0.2 ms: few at a time, or scrolling would stutter

const pictures = new Map<string, string>()
const colours = new Map<string, string>()
const waiting = new Map<string, (picture: string) => void>()
let begun = 0

/** The one colour that a photo is on average: cheap, for what flies past. */
export function averageColour(thumbhash: string): string {
  if (!thumbhash) return ''
  const known = colours.get(thumbhash)
  if (known !== undefined) return known
  const { r, g, b } = thumbHashToAverageRGBA(bytesOf(thumbhash))
  const [red, green, blue] = [r, g, b].map((part) => Math.round(part * 255))
  return remember(colours, thumbhash, `rgb(${red} ${green} ${blue})`)
}

/** The blurred picture of a photo as a data URL, as soon as there is time; returns what calls it off. */
export function blurred(thumbhash: string, done: (picture: string) => void): () => void {
  const known = pictures.get(thumbhash)
  if (known) {
    done(known)
    return () => undefined
  }
  waiting.set(thumbhash, done)
  begun ||= window.setTimeout(() => requestAnimationFrame(decodeSome), PATIENCE_MS)
  return () => void waiting.delete(thumbhash)
}

function decodeSome(): void {
  begun = 0
  for (const [thumbhash, done] of [...waiting].slice(0, A_FRAME)) {
    waiting.delete(thumbhash)
    done(remember(pictures, thumbhash, thumbHashToDataURL(bytesOf(thumbhash))))
  }
  if (waiting.size) begun = requestAnimationFrame(decodeSome)
}

function remember(kept: Map<string, string>, key: string, value: string): string {
  const oldest = kept.keys().next().value
  if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest)
  kept.set(key, value)
  return value
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
}
