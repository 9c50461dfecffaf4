/** A point from what maps hand out, such as "48.2082, 16.3738" or "48,2082 16,3738". Undefined if it is none. */
export function parsePoint(text: string): { latitudeDeg: number; longitudeDeg: number } | undefined {
  const found = /^\s*(-?\d+(?:[.,]\d+)?)°?\s*(?:[,;]\s*|\s+)(-?\d+(?:[.,]\d+)?)°?\s*$/.exec(text)
  if (!found) return undefined
  const [latitudeDeg = NaN, longitudeDeg = NaN] = found.slice(1).map((part) => Number(part.replace(',', '.')))
  const real = Math.abs(latitudeDeg) <= 90 && Math.abs(longitudeDeg) <= 180
  return real ? { latitudeDeg, longitudeDeg } : undefined
}
