import {
  Album,
  Archive,
  Bell,
  Heart,
  Image,
  Map,
  Search,
  Settings,
  Tags,
  Trash2,
  Upload,
  type LucideIcon,
} from '@lucide/vue'

export interface Place {
  /** The key of its name, below `shell.places`. */
  name: string
  path: string
  icon: LucideIcon
}

const photos: Place = { name: 'photos', path: '/', icon: Image }
const search: Place = { name: 'search', path: '/search', icon: Search }
const albums: Place = { name: 'albums', path: '/albums', icon: Album }
const map: Place = { name: 'map', path: '/map', icon: Map }

const kept: readonly Place[] = [
  { name: 'favourites', path: '/favourites', icon: Heart },
  { name: 'tags', path: '/tags', icon: Tags },
  { name: 'archive', path: '/archive', icon: Archive },
  { name: 'trash', path: '/trash', icon: Trash2 },
]

/** The side bar, in groups; a line is drawn between them. */
export const SIDE: readonly (readonly Place[])[] = [
  [photos, search, map],
  [albums, ...kept],
]

/** The bar at the foot of a phone; all others are behind its last button. */
export const FOOT: readonly Place[] = [photos, search, albums]

export const MORE: readonly Place[] = [
  map,
  { name: 'upload', path: '/upload', icon: Upload },
  ...kept,
  { name: 'events', path: '/events', icon: Bell },
  { name: 'settings', path: '/settings', icon: Settings },
]
