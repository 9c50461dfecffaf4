import { describe, expect, test } from 'vitest'
import type { MonthsSource } from '@/pages/timeline/monthsSource'
import { toGridPhoto } from '@/photos/gridPhoto'
import { photosBetween } from '@/photos/source'
import { makePhoto } from './builders'
import { idsOf, JULY, library, settled, sorted, taken } from './timelineLibrary'

describe('a large month', () => {
  const WEEK = { 20: 200, 19: 200, 17: 300, 16: 100, 3: 10 }
  const NEWER = '2023-07-19/2023-07-31'
  const OLDER = '2023-07-01/2023-07-18'
  const options = { pageSize: 500, daysFrom: 300 }
  const keysOf = (source: MonthsSource) => source.sections.value.map(({ key, count }) => [key, count])
  const at = (source: MonthsSource, key: string) => idsOf(source, key)?.length

  test('has sections of whole days that are loaded each on its own', async () => {
    const { source, asked } = library(sorted(taken(WEEK)), options)
    await source.reload()
    expect(keysOf(source)).toEqual([
      [NEWER, 400],
      [OLDER, 410],
    ])
    await source.load(OLDER)
    expect([at(source, NEWER), at(source, OLDER)]).toEqual([0, 410])
    expect(new Set(asked.map((each) => each.slice(0, 10)))).toEqual(new Set(['2023-06-30']))
  })

  test('finds the section of a photo that is asked for by its address', async () => {
    const { source } = library(sorted(taken(WEEK)), options)
    await source.reload()
    await source.locate(toGridPhoto(makePhoto('16-5', '2023-07-16T08:00:05')))
    expect([at(source, NEWER), at(source, OLDER)]).toEqual([0, 410])
  })

  test('a photo between the days that hold some is in a section too', async () => {
    const { source, photos } = library(sorted(taken(WEEK)), options)
    await source.reload()
    await Promise.all([source.load(NEWER), source.load(OLDER)])
    for (const [id, day] of [
      ['a', '31'],
      ['b', '18'],
      ['c', '01'],
    ] as const) {
      const fresh = makePhoto(id, `2023-07-${day}T12:00:00`)
      photos.push(fresh)
      source.apply({ photos: [fresh], goneIds: [] })
    }
    await settled()
    expect([idsOf(source, NEWER)?.[0], idsOf(source, OLDER)?.[0], idsOf(source, OLDER)?.at(-1)]).toEqual([
      'a',
      'b',
      'c',
    ])
    expect(keysOf(source).map(([, count]) => count)).toEqual([401, 412])
  })

  test('a photo on the other side of the world is in the section of its own day', async () => {
    const tokyo = makePhoto('tokyo', '2023-07-19T03:00:00')
    tokyo.captureTime = { localTime: '2023-07-19T03:00:00', instant: '2023-07-18T18:00:00Z' }
    const { source } = library(sorted([...taken(WEEK), tokyo]), options)
    await source.reload()
    await Promise.all([source.load(NEWER), source.load(OLDER)])
    expect(idsOf(source, NEWER)?.at(-1)).toBe('tokyo')
    expect(at(source, OLDER)).toBe(410)
  })

  test('a photo whose date is changed moves to the section of its new day', async () => {
    const { source } = library(sorted(taken(WEEK)), options)
    await source.reload()
    await Promise.all([source.load(NEWER), source.load(OLDER)])
    source.apply({ photos: [makePhoto('20-0', '2023-07-02T08:00:00')], goneIds: [] })
    expect(idsOf(source, OLDER)?.at(-1)).toBe('20-0')
    expect([at(source, NEWER), at(source, OLDER)]).toEqual([399, 411])
  })

  test('stays cut as it is while photos of it are loaded, however many arrive', async () => {
    const { source, photos } = library(sorted(taken(WEEK)), options)
    await source.reload()
    await source.load(NEWER)
    photos.unshift(...taken({ 25: 700 }))
    source.refresh()
    await settled()
    expect(keysOf(source).map(([key]) => key)).toEqual([NEWER, OLDER])
  })

  test('is cut anew once it has grown much and nobody looks at it', async () => {
    const { source, photos } = library(sorted(taken({ 20: 100, 19: 100 })), options)
    await source.reload()
    expect(keysOf(source)).toEqual([[JULY, 200]])
    photos.unshift(...sorted(taken({ 28: 300, 25: 400, 24: 300 })))
    source.refresh()
    await settled()
    expect(keysOf(source)).toEqual([
      ['2023-07-28/2023-07-31', 300],
      ['2023-07-25/2023-07-27', 400],
      ['2023-07-01/2023-07-24', 500],
    ])
  })

  test('keeps its sections when it is asked for again after a gap, and they are still good', async () => {
    const { source, photos } = library(sorted(taken(WEEK)), options)
    await source.reload()
    photos.unshift(...taken({ 21: 150 }))
    await source.reload()
    expect(keysOf(source)).toEqual([
      [NEWER, 550],
      [OLDER, 410],
    ])
  })

  test('is one section again when so little is left that its days are not told', async () => {
    const { source, photos } = library(sorted(taken(WEEK)), options)
    await source.reload()
    photos.splice(0, 600)
    source.refresh()
    await settled()
    expect(keysOf(source)).toEqual([[JULY, 210]])
    await source.load(JULY)
    expect(at(source, JULY)).toBe(210)
  })

  test('a day is never cut, and a month of one day is a month', async () => {
    const { source } = library(sorted(taken({ 12: 3, 11: 2000, 10: 3 })), options)
    await source.reload()
    expect(keysOf(source)).toEqual([
      ['2023-07-12/2023-07-31', 3],
      ['2023-07-11/2023-07-11', 2000],
      ['2023-07-01/2023-07-10', 3],
    ])
    const one = library(sorted(taken({ 11: 2000 })), options).source
    await one.reload()
    expect(keysOf(one)).toEqual([[JULY, 2000]])
  })

  test('all that lies between two photos is found over the sections', async () => {
    const { source } = library(sorted(taken(WEEK)), options)
    await source.reload()
    const found = await photosBetween(source, 398, 401)
    expect(found.map(({ id }) => id)).toEqual(['19-1', '19-0', '17-299', '17-298'])
  })
})
