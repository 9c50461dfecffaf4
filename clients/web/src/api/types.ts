import type { components } from '@/api/contract'

type Schemas = components['schemas']

export type User = Schemas['tintype.v1.User']
export type Photo = Schemas['tintype.v1.Photo']
export type Album = Schemas['tintype.v1.Album']
export type Tag = Schemas['tintype.v1.Tag']
export type CaptureTime = Schemas['tintype.v1.CaptureTime']
export type Location = Schemas['tintype.v1.Location']
export type StageStatus = Schemas['tintype.v1.StageStatus']
export type LibraryEvent = Schemas['tintype.v1.LibraryEvent']
export type PhotoEdit = Schemas['tintype.v1.PhotoEdit']
