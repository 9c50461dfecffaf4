import { onMounted } from 'vue'
import { useI18n } from 'vue-i18n'
import { FIRST_QUERY } from '@/api/early'
import { ask } from '@/api/problem'
import { MonthsSource } from '@/pages/timeline/monthsSource'
import { wallDate } from '@/photos/gridPhoto'
import { useServices, type Services } from '@/services'

const FIRST_PAGE = 120 // photos: more than a window shows, and there soon
const PAGE = 500

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
  const source = make(services, (month) => d(wallDate(`${month}T00:00:00`), 'wallMonth'))
  const endings = [
    services.library.onChange((change) => source.apply(change)),
    services.library.onGap(() => void source.reload()),
  ]
  kept.set(services, { source, userId, locale: locale.value, end: () => endings.forEach((end) => end()) })
  onMounted(() => source.reload())
  return source
}

function make({ api }: Services, title: (month: string) => string): MonthsSource {
  return new MonthsSource({
    title,
    async buckets() {
      const { buckets = [] } = await ask(api.GET('/v1/timeline'))
      return buckets.map(({ month = '', count = 0 }) => ({ month, count }))
    },
    async newest() {
      const { photos = [] } = await ask(api.GET('/v1/photos', { params: { query: FIRST_QUERY } }))
      return photos
    },
    async page({ after, before }, token) {
      const pageSize = token ? PAGE : FIRST_PAGE
      const query = { pageSize, 'filter.after': after, 'filter.before': before, pageToken: token || undefined }
      const { photos = [], nextPageToken = '' } = await ask(api.GET('/v1/photos', { params: { query } }))
      return { photos, next: nextPageToken }
    },
  })
}
