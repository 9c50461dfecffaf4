import type { Plugin } from 'vue'
import { createI18n } from 'vue-i18n'

export const LOCALES = ['en', 'de'] as const
export type Locale = (typeof LOCALES)[number]

const KEY = 'tintype.locale'

const DAY = { year: 'numeric', month: 'long', day: 'numeric' } as const
const TIME = { hour: 'numeric', minute: '2-digit' } as const
// Capture times are what a clock on the wall showed: formats with "wall" take the Date of `wallDate`.
const WALL = { timeZone: 'UTC' } as const

export const WALL_DAY = { ...DAY, ...WALL } as const

const DATES = {
  day: DAY,
  dayShort: { ...DAY, month: 'short' },
  month: { year: 'numeric', month: 'long' },
  moment: { ...DAY, month: 'short', ...TIME },
  full: { ...DAY, weekday: 'long', ...TIME },
  wallDay: WALL_DAY,
  wallMonth: { year: 'numeric', month: 'long', ...WALL },
  wallMonthShort: { year: 'numeric', month: 'short', ...WALL },
  wallFull: { ...DAY, weekday: 'long', ...TIME, ...WALL },
} as const

/** The words of one language; each is a chunk of its own, so that a visitor loads one. */
const WORDS: Record<Locale, () => Promise<{ default: Record<string, unknown> }>> = {
  en: () => import('@/locales/en'),
  de: () => import('@/locales/de'),
}

export function preferredLocale(): Locale {
  const stored = localStorage.getItem(KEY)
  const wanted = [stored ?? '', ...navigator.languages].map((tag) => tag.slice(0, 2))
  return LOCALES.find((locale) => locale === wanted.find((tag) => LOCALES.includes(tag as Locale))) ?? 'en'
}

/** A language as the visitor writes dates and numbers in it: en-GB where the browser says so. */
function regional(locale: Locale): string {
  return navigator.languages.find((tag) => tag.slice(0, 2) === locale) ?? locale
}

/** What holds the words: `useI18n()` in a component, or `i18n.global`. */
export interface Speaker {
  locale: { value: string }
  setLocaleMessage(locale: string, words: Record<string, unknown>): void
}

export async function createWords(locale: Locale): Promise<Plugin> {
  const i18n = createI18n({
    legacy: false,
    locale: regional(locale),
    fallbackLocale: regional(locale),
    datetimeFormats: Object.fromEntries(LOCALES.map((each) => [regional(each), DATES])),
    messages: {},
  })
  await speak(i18n.global as unknown as Speaker, locale)
  return i18n
}

/** Change the language of the page, and keep the choice in this browser if asked to. */
export async function speak(speaker: Speaker, locale: Locale, keep = false): Promise<void> {
  const words = await WORDS[locale]()
  speaker.setLocaleMessage(regional(locale), words.default)
  speaker.locale.value = regional(locale)
  document.documentElement.lang = locale
  if (keep) localStorage.setItem(KEY, locale)
}
