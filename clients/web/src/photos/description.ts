import { useI18n } from 'vue-i18n'
import { wallDate, type GridPhoto } from '@/photos/gridPhoto'

/** What a photo is called where it cannot be seen: its title, or its file's name, and its day. */
export function useDescription(): (photo: GridPhoto) => string {
  const { t, d } = useI18n()
  return (photo) => {
    const name = photo.title || photo.fileName
    if (!photo.localTime) return name
    return t('photos.described', { name, day: d(wallDate(photo.localTime), 'wallDay') })
  }
}
