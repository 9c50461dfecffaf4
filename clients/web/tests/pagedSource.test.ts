import { describe, expect, test } from 'vitest'
import { createPagedSource, type Page } from '@/photos/pagedSource'
import { numberOf, photoAt, photosBetween } from '@/photos/source'
import { createSelection } from '@/photos/useSelection'
import { makePhoto } from './builders'

const day = (n: number): string => `2023-07-${String(n).padStart(2, '0')}T10:00:00`
const PAGES: Record<string, Page> = {
  '': { photos: [makePhoto('d', day(9)), makePhoto('c', day(8))], nextPageToken: 'next' },
  next: { photos: [makePhoto('c', day(8)), makePhoto('b', day(7)), makePhoto('a', day(6))], nextPageToken: '' },
}
const page = async (token: string): Promise<Page> => PAGES[token] ?? { photos: [], nextPageToken: '' }

async function loaded() {
  const source = createPagedSource({ page, belongs: (photo) => !photo.trashed, inserts: true })
  await source.reload()
  await Promise.all([source.more(), source.more()])
  return source
}

describe('a list that comes in pages', () => {
  test('holds each photo once, though a page repeats one', async () => {
    const source = await loaded()
    expect(source.sections.value[0]?.photos.map((photo) => photo.id)).toEqual(['d', 'c', 'b', 'a'])
    expect(source.ended.value).toBe(true)
  })

  test('is put into another order', async () => {
    const source = await loaded()
    const ids = (): string[] | undefined => source.sections.value[0]?.photos.map((photo) => photo.id)
    source.move('a', 'd')
    expect(ids()).toEqual(['d', 'a', 'c', 'b'])
    source.move('c', '')
    expect(ids()).toEqual(['c', 'd', 'a', 'b'])
    source.move('c', 'c')
    source.move('nobody', 'd')
    expect(ids()).toEqual(['c', 'd', 'a', 'b'])
  })

  test('says why it could not be loaded', async () => {
    const source = createPagedSource({ page: () => Promise.reject(new Error('away')) })
    await source.reload()
    expect(source.state.value).toBe('failed')
    expect(source.error.value).toEqual(new Error('away'))
  })

  test('lets go of what no longer belongs, and takes in by time what does now', async () => {
    const source = await loaded()
    const trashed = makePhoto('c', day(8), { trashTime: '2024-01-01T00:00:00Z' })
    source.apply({ photos: [trashed, makePhoto('new', '2023-07-07T12:00:00')], goneIds: ['a'] })
    expect(source.sections.value[0]?.photos.map((photo) => photo.id)).toEqual(['d', 'new', 'b'])
  })

  test('numbers run through it', async () => {
    const { sections } = await loaded()
    expect(numberOf(sections.value, 'b')).toBe(2)
    expect(photoAt(sections.value, 3)?.id).toBe('a')
    expect(photoAt(sections.value, 4)).toBeUndefined()
  })

  test('a range holds both its ends, whichever is chosen first', async () => {
    const source = await loaded()
    expect((await photosBetween(source, 1, 2)).map((photo) => photo.id)).toEqual(['c', 'b'])
    const selection = createSelection(source)
    const last = photoAt(source.sections.value, 3)
    if (last) selection.toggle(last, 3)
    await selection.extendTo(1)
    expect(selection.photos.value.map((photo) => photo.id).sort()).toEqual(['a', 'b', 'c'])
    selection.apply({ photos: [], goneIds: ['b'] })
    expect(selection.count.value).toBe(2)
  })
})
