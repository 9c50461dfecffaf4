import type { components } from '@/api/contract'

type Schemas = components['schemas']

export type User = Schemas['User']
export type Photo = Schemas['Photo']
export type Album = Schemas['Album']
export type Tag = Schemas['Tag']
export type CaptureTime = Schemas['CaptureTime']
export type Location = Schemas['Location']
export type StageStatus = Schemas['StageStatus']
export type LibraryEvent = Schemas['LibraryEvent']
export type PhotoEdit = Schemas['PhotoEdit']
export type PhotoFilter = Schemas['tintype.v1.PhotoFilter']
export type SearchHit = Schemas['tintype.v1.SearchHit']
export type SearchAnswer = Schemas['tintype.v1.SearchPhotosResponse']
export type Facet = Schemas['tintype.v1.Facet']
export type LegExplanation = Schemas['tintype.v1.LegExplanation']
export type UnderstoodPart = Schemas['tintype.v1.UnderstoodPart']
