import { byArea } from '@/locales/words'

export default byArea(import.meta.glob<object>('./*.json', { eager: true, import: 'default' }))
