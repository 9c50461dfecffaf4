/** The instant of a wall-clock time at an offset from UTC. */
export function instantOf(localTime: string, offsetMinutes: number): string {
  return new Date(Date.parse(`${localTime.slice(0, 19)}Z`) - offsetMinutes * 60_000).toISOString()
}

/** An offset from UTC, such as UTC+02:00. */
export function formatOffset(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  const two = (value: number): string => String(value).padStart(2, '0')
  return `UTC${minutes < 0 ? '−' : '+'}${two(hours)}:${two(rest)}`
}

/** Minutes from an offset as people type it: +2, +02:00, -0330, Z. Undefined if it is none. */
export function parseOffset(text: string): number | undefined {
  const plain = text.trim().toUpperCase().replace(/^UTC/, '').replace('−', '-')
  if (plain === '' || plain === 'Z') return plain === 'Z' ? 0 : undefined
  const found = /^([+-]?)(\d{1,2}):?(\d{2})?$/.exec(plain)
  if (!found) return undefined
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0)
  return minutes <= 960 ? (found[1] === '-' ? -minutes : minutes) : undefined
}
