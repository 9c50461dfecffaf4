import { createI18n, type I18n } from 'vue-i18n'

export const LOCALES = ['en', 'de'] as const
export type Locale = (typeof LOCALES)[number]

const KEY = 'tintype.locale'

const DATES = {
  day: { year: 'numeric', month: 'long', day: 'numeric' },
  dayShort: { year: 'numeric', month: 'short', day: 'numeric' },
  month: { year: 'numeric', month: 'long' },
  moment: { year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' },
  full: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit' },
} as const

/** The words of one language; each is a chunk of its own, so that a visitor loads one. */
const WORDS: Record<Locale, () => Promise<{ default: object }>> = {
  en: () => import('@/locales/en'),
  de: () => import('@/locales/de'),
}

export function preferredLocale(): Locale {
  const stored = localStorage.getItem(KEY)
  const wanted = [stored ?? '', ...navigator.languages].map((tag) => tag.slice(0, 2))
  return LOCALES.find((locale) => locale === wanted.find((tag) => LOCALES.includes(tag as Locale))) ?? 'en'
}

export async function createWords(locale: Locale): Promise<AnyI18n> {
  const i18n = createI18n({
    legacy: false,
    locale,
    fallbackLocale: locale,
    datetimeFormats: { en: DATES, de: DATES },
    messages: {},
  })
  const spoken = i18n as unknown as AnyI18n
  await speak(spoken, locale)
  return spoken
}

type AnyI18n = I18n<Record<string, unknown>, Record<string, unknown>, Record<string, unknown>, string, false>

/** Change the language of the page, and keep the choice in this browser. */
export async function speak(i18n: AnyI18n, locale: Locale, keep = false): Promise<void> {
  const words = await WORDS[locale]()
  i18n.global.setLocaleMessage(locale, words.default)
  i18n.global.locale.value = locale
  document.documentElement.lang = locale
  if (keep) localStorage.setItem(KEY, locale)
}
