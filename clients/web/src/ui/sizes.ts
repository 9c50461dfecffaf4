import { useI18n } from 'vue-i18n'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** Sizes of files in words of the language, such as 4.2 MB; decimal, as operating systems show them. */
export function useSizes(): (bytes: number | string | undefined) => string {
  const { locale } = useI18n()
  return (bytes) => {
    const all = Number(bytes ?? 0)
    const step = Math.min(UNITS.length - 1, all > 0 ? Math.floor(Math.log10(all) / 3) : 0)
    const value = all / 1000 ** step
    const maximumFractionDigits = value < 10 && step > 1 ? 1 : 0
    return value.toLocaleString(locale.value, {
      style: 'unit',
      unit: UNITS[step] ?? 'byte',
      unitDisplay: step ? 'short' : 'long',
      maximumFractionDigits,
    })
  }
}
