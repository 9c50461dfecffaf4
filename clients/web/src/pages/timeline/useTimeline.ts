import { onMounted } from 'vue'
import { useI18n } from 'vue-i18n'
import { FIRST_QUERY, TIMELINE_QUERY } from '@/api/early'
import { ask } from '@/api/problem'
import { WALL_DAY } from '@/i18n'
import { MonthsSource } from '@/pages/timeline/monthsSource'
import type { DayCount, Span } from '@/pages/timeline/spans'
import { wallDay } from '@/photos/gridPhoto'
import { useServices, type Services } from '@/services'

const FIRST_PAGE = 120 // photos: more than a window shows, and there soon
const PAGE = 500

const toDay = ({ day = '', count = 0 }: Partial<DayCount>): DayCount => ({ day, count })

interface Kept {
  source: MonthsSource
  userId: string
  locale: string
  end(): void
}

const kept = new WeakMap<Services, Kept>()

/** The timeline of whoever is signed in; it lives on while other pages are open, so that coming back finds its place. */
export function useTimeline(): MonthsSource {
  const services = useServices()
  const { d, locale } = useI18n()
  const userId = services.session.user.value?.userId ?? ''
  const known = kept.get(services)
  if (known?.userId === userId && known.locale === locale.value) {
    onMounted(() => known.source.refresh())
    return known.source
  }
  known?.end()
  const days = new Intl.DateTimeFormat(locale.value, WALL_DAY)
  const title = ({ key, month, from, to }: Span): string =>
    key === month ? d(wallDay(month), 'wallMonth') : days.formatRange(wallDay(from), wallDay(to))
  const source = make(services, title)
  const endings = [
    services.library.onChange((change) => source.apply(change)),
    services.library.onGap(() => void source.reload()),
  ]
  kept.set(services, { source, userId, locale: locale.value, end: () => endings.forEach((end) => end()) })
  onMounted(() => source.reload())
  return source
}

function make({ api }: Services, title: (span: Span) => string): MonthsSource {
  return new MonthsSource({
    title,
    async buckets() {
      const { buckets = [] } = await ask(api.GET('/v1/timeline', { params: { query: TIMELINE_QUERY } }))
      return buckets.map(({ month = '', count = 0, days = [] }) => ({ month, count, days: days.map(toDay) }))
    },
    async newest() {
      const { photos = [] } = await ask(api.GET('/v1/photos', { params: { query: FIRST_QUERY } }))
      return photos
    },
    async page({ after, before }, token, ahead) {
      const pageSize = token ? PAGE : Math.min(PAGE, FIRST_PAGE + ahead)
      const query = { pageSize, 'filter.after': after, 'filter.before': before, pageToken: token || undefined }
      const { photos = [], nextPageToken = '' } = await ask(api.GET('/v1/photos', { params: { query } }))
      return { photos, next: nextPageToken }
    },
  })
}
