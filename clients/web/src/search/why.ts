import { useI18n } from 'vue-i18n'
import type { SearchHit } from '@/api/types'

/** One line that says why a photo was found: the leg that added most, and the words where they stand. */
export function useWhy(): (hit: SearchHit, sought: string) => string {
  const { t, te, locale } = useI18n()

  function fields(names: readonly string[]): string {
    const known = names.map((name) => (te(`search.field.${name}`) ? t(`search.field.${name}`) : name))
    return new Intl.ListFormat(locale.value, { type: 'conjunction' }).format(known)
  }

  function quoted(words: readonly string[]): string {
    return new Intl.ListFormat(locale.value, { type: 'unit' }).format(words.map((word) => t('search.quoted', { word })))
  }

  return (hit, sought) => {
    const legs = [...(hit.explanations ?? [])].sort((a, b) => (b.contribution ?? 0) - (a.contribution ?? 0))
    const words = legs.find((leg) => leg.leg === 'SEARCH_LEG_WORDS' && leg.matchedWords?.length)
    if (words)
      return t('search.why.words', {
        words: quoted(words.matchedWords ?? []),
        fields: fields(words.matchedFields ?? []),
      })
    switch (legs[0]?.leg) {
      case 'SEARCH_LEG_VECTOR':
        return t('search.why.vector', { words: sought })
      case 'SEARCH_LEG_PHOTO':
        return t('search.why.photo')
      case 'SEARCH_LEG_IMAGE':
        return t('search.why.image')
      default:
        return t('search.why.filter')
    }
  }
}
