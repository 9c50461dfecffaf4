import { expect, test } from 'vitest'
import { problemOf } from '@/api/problem'
import { exposure, fileSize } from '@/photos/figures'
import { parsePoint } from '@/photos/point'
import { formatOffset, instantOf, parseOffset } from '@/photos/wallTime'

const english = (value: number, options: Intl.NumberFormatOptions): string =>
  new Intl.NumberFormat('en', options).format(value)

test.each([
  [0, '0 byte'],
  [999, '999 byte'],
  [4_234_567, '4.2 MB'],
  [234_567_890, '235 MB'],
  [5e12, '5 TB'],
])('%d bytes are %s', (bytes, text) => expect(fileSize(bytes, english)).toBe(text))

test.each([
  [0.004, '1/250'],
  [0.8, '0.8'],
  [2, '2'],
])('an exposure of %d s is %s', (seconds, text) => expect(exposure(seconds)).toBe(text))

test.each([
  ['48.2082, 16.3738', [48.2082, 16.3738]],
  ['-33,8688 151,2093', [-33.8688, 151.2093]],
  ['48.2082;16.3738', [48.2082, 16.3738]],
  ['91, 0', undefined],
  ['Vienna', undefined],
])('the point %s', (text, point) => {
  const found = parsePoint(text)
  expect(found && [found.latitudeDeg, found.longitudeDeg]).toEqual(point)
})

test.each([
  ['+02:00', 120],
  ['UTC−05:30', -330],
  ['-0330', -210],
  ['Z', 0],
  ['+17', undefined],
  ['soon', undefined],
])('the offset %s', (text, minutes) => expect(parseOffset(text)).toBe(minutes))

test('an offset is read as it is written', () => {
  for (const minutes of [-720, -330, 0, 45, 840]) expect(parseOffset(formatOffset(minutes))).toBe(minutes)
})

test('a wall clock ahead of UTC shows a later time than the moment', () => {
  expect(instantOf('2023-07-14T10:00:00', 120)).toBe('2023-07-14T08:00:00.000Z')
})

test('a problem has the reason that the bridge gives, or none', () => {
  const body = { code: 5, message: 'gone', details: [{ reason: 'PHOTO_NOT_FOUND', metadata: { photo_id: 'p' } }] }
  expect(problemOf(404, body)).toMatchObject({ status: 404, reason: 'PHOTO_NOT_FOUND', metadata: { photo_id: 'p' } })
  expect(problemOf(502, undefined)).toMatchObject({ status: 502, reason: 'UNKNOWN' })
})
