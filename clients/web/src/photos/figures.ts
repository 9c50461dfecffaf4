const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** A size in bytes as people say it, such as 4.2 MB; `format` is vue-i18n's `n`. */
export function fileSize(bytes: number, format: (value: number, options: Intl.NumberFormatOptions) => string): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  const maximumFractionDigits = power === 0 || value >= 100 ? 0 : 1
  return format(value, { style: 'unit', unit: UNITS[power] ?? 'byte', unitDisplay: 'short', maximumFractionDigits })
}

/** An exposure in seconds as photographers write it: 1/250, 0.8, 2. */
export function exposure(seconds: number): string {
  return seconds < 0.3 ? `1/${Math.round(1 / seconds)}` : String(Math.round(seconds * 10) / 10)
}
