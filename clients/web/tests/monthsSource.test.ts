import { describe, expect, test } from 'vitest'
import type { Photo } from '@/api/types'
import { daysAfter, lastDayOf, windowOf } from '@/pages/timeline/months'
import { MonthsSource } from '@/pages/timeline/monthsSource'
import { makePhoto } from './builders'
import { idsOf, JULY, library, settled } from './timelineLibrary'

describe('the timeline', () => {
  test('counts months before it loads any photo', async () => {
    const { source, asked } = library([makePhoto('a', '2023-07-14T10:00:00'), makePhoto('b', '2021-01-02T10:00:00')])
    await source.reload()
    expect(source.sections.value.map(({ key, count, photos }) => [key, count, photos.length])).toEqual([
      ['2023-07-01', 1, 0],
      ['2021-01-01', 1, 0],
    ])
    expect(asked).toEqual([])
  })

  test('begins with the newest photos, whatever their months, and loads those months whole all the same', async () => {
    const photos = ['c', 'b', 'a'].map((id, i) => makePhoto(id, `2023-07-1${4 - i}T10:00:00`))
    const { source } = library([...photos, makePhoto('z', '2021-01-02T10:00:00')], { newest: photos.slice(0, 2) })
    await source.reload()
    expect(source.sections.value.map(({ key, count }) => [key, count, idsOf(source, key)])).toEqual([
      [JULY, 3, ['c', 'b']],
      ['2021-01-01', 1, []],
    ])
    await source.load(JULY)
    expect(idsOf(source)).toEqual(['c', 'b', 'a'])
  })

  test('is there without the newest photos where they cannot be had', async () => {
    const { source } = library([makePhoto('a', '2023-07-14T10:00:00')], { newest: undefined })
    await source.reload()
    expect(source.state.value).toBe('ready')
    expect(idsOf(source)).toEqual([])
  })

  test('loads every page of a month, once', async () => {
    const { source, asked } = library(['c', 'b', 'a'].map((id, i) => makePhoto(id, `2023-07-1${4 - i}T10:00:00`)))
    await source.reload()
    await Promise.all([source.load(JULY), source.load(JULY)])
    await source.load(JULY)
    expect(idsOf(source)).toEqual(['c', 'b', 'a'])
    expect(asked).toHaveLength(2)
  })

  test('goes on with a month that nobody looks at any more once those in the window are there', async () => {
    const big = Array.from({ length: 6 }, (_, i) => makePhoto(`j${i}`, `2023-07-1${9 - i}T10:00:00`))
    const near = Array.from({ length: 4 }, (_, i) => makePhoto(`m${i}`, `2023-03-1${9 - i}T10:00:00`))
    const held: { asked: string; go: () => void }[] = []
    const hold = (asked: string): Promise<void> => new Promise((go) => held.push({ asked, go }))
    const { source } = library([...big, ...near], { hold })
    await source.reload()
    const answer = async (): Promise<string[]> => {
      const now = held.splice(0)
      now.forEach(({ go }) => go())
      await settled()
      return now.map(({ asked }) => asked.slice(5, 7)) // the month, less some hours
    }
    const [far, seen] = [source.load(JULY), source.load('2023-03-01')]
    for (let look = 0; look < 5; look++) void source.load('2023-03-01') // as the grid does whenever it changes
    expect(await answer()).toEqual(['06', '02'])
    expect(await answer()).toEqual(['02'])
    await seen
    expect(await answer()).toEqual(['06'])
    expect(await answer()).toEqual(['06'])
    await far
    expect([idsOf(source)?.length, idsOf(source, '2023-03-01')?.length]).toEqual([6, 4])
  })

  test('goes on with a month that somebody comes back to', async () => {
    const photos = ['2023-07', '2023-03'].flatMap((month) =>
      [1, 2, 3].map((day) => makePhoto(`${month}-${day}`, `${month}-0${4 - day}T10:00:00`)),
    )
    const held: (() => void)[] = []
    const { source } = library(photos, { hold: () => new Promise<void>((go) => held.push(go)) })
    await source.reload()
    const both = [source.load(JULY), source.load('2023-03-01')]
    for (const month of ['2023-03-01', JULY]) {
      for (let look = 0; look < 6; look++) void source.load(month)
      held.splice(0).forEach((go) => go())
      await settled()
    }
    while (held.length) {
      held.splice(0).forEach((go) => go())
      await settled()
    }
    await Promise.all(both)
    expect(idsOf(source)).toHaveLength(3)
  })

  test('takes the month of the wall clock, wherever on earth it was', async () => {
    const tokyo = makePhoto('tokyo', '2023-07-01T03:00:00')
    tokyo.captureTime = { localTime: '2023-07-01T03:00:00', instant: '2023-06-30T18:00:00Z' }
    const { source } = library([tokyo, makePhoto('june', '2023-06-30T20:00:00')])
    await source.reload()
    await source.load(JULY)
    expect(idsOf(source)).toEqual(['tokyo'])
  })

  test('a new photo of a loaded month takes its place by time', async () => {
    const { source, photos } = library([makePhoto('b', '2023-07-14T10:00:00'), makePhoto('a', '2023-07-01T10:00:00')])
    await source.reload()
    await source.load(JULY)
    const fresh = makePhoto('new', '2023-07-08T10:00:00')
    photos.push(fresh)
    source.apply({ photos: [fresh], goneIds: [] })
    expect(idsOf(source)).toEqual(['b', 'new', 'a'])
  })

  test('what is trashed, archived or deleted leaves at once', async () => {
    const july = ['d', 'c', 'b', 'a'].map((id, i) => makePhoto(id, `2023-07-1${4 - i}T10:00:00`))
    const { source } = library(july)
    await source.reload()
    await source.load(JULY)
    const [d, c] = july as [Photo, Photo]
    const photos = [
      { ...d, trashTime: '2024-01-01T00:00:00Z' },
      { ...c, archived: true },
    ]
    source.apply({ photos, goneIds: ['b'] })
    expect(idsOf(source)).toEqual(['a'])
    expect(source.sections.value[0]?.count).toBe(1)
  })

  test('a photo whose date is changed moves to its month', async () => {
    const { source } = library([makePhoto('a', '2023-07-14T10:00:00'), makePhoto('b', '2021-01-02T10:00:00')])
    await source.reload()
    await Promise.all([source.load(JULY), source.load('2021-01-01')])
    source.apply({ photos: [makePhoto('a', '2021-01-20T10:00:00')], goneIds: [] })
    expect(idsOf(source)).toEqual([])
    expect(idsOf(source, '2021-01-01')).toEqual(['a', 'b'])
  })

  test('a failed load can be tried again', async () => {
    const { source } = library([makePhoto('a', '2023-07-14T10:00:00')])
    await source.reload()
    const answers = [Promise.reject(new Error('away')), Promise.resolve({ photos: [], next: '' })]
    const failing = new MonthsSource({
      title: ({ key }) => key,
      buckets: async () => [{ month: JULY, count: 1, days: [] }],
      page: () => answers.shift() ?? Promise.reject(new Error('none left')),
    })
    await failing.reload()
    await expect(failing.load(JULY)).rejects.toThrow('away')
    await expect(failing.load(JULY)).resolves.toBeUndefined()
  })

  test('the window of a month reaches over its edges by the widest offset', () => {
    const { after, before } = windowOf('2023-12-01', lastDayOf('2023-12-01'))
    expect([after, before]).toEqual(['2023-11-30T08:00:00.000Z', '2024-01-01T16:00:00.000Z'])
  })

  test('days are counted over months and leap days', () => {
    expect([daysAfter('2024-03-01', -1), daysAfter('2023-12-31', 1)]).toEqual(['2024-02-29', '2024-01-01'])
    expect([lastDayOf('2024-02-01'), lastDayOf('2023-12-01')]).toEqual(['2024-02-29', '2023-12-31'])
  })
})
