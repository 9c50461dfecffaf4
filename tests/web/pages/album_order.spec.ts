import type { Page } from '@playwright/test'
import { judge } from '../support/accessible.ts'
import { expect, test, tiles } from '../support/gallery.ts'
import { fileOf } from '../support/photos.ts'

const order = (page: Page): Promise<(string | null)[]> =>
  tiles(page).evaluateAll((links) =>
    links.map((link) => ({ id: link.getAttribute('data-photo'), at: Number(link.getAttribute('data-at')) })).sort((a, b) => a.at - b.at).map(({ id }) => id),
  )

test('the photos of an album are put into order by dragging, by keys and by commands, and the order lasts', async ({ theirs, person, stage }) => {
  test.setTimeout(120_000)
  const ids = await person.upload([0, 1, 2, 3].map((at) => fileOf(stage, 'captioned-', at)))
  await person.ready(ids)
  const { albumId } = await person.call<{ albumId: string }>('POST', '/v1/albums', { title: 'A story' })
  await person.call('POST', `/v1/albums/${albumId}:batchAdd`, { photoIds: ids })
  const [a, b, c, d] = ids as [string, string, string, string]
  const kept = async (): Promise<string[]> => {
    const { photos } = await person.call<{ photos: { photoId: string }[] }>('GET', `/v1/albums/${albumId}/photos`)
    return photos.map((photo) => photo.photoId)
  }

  await theirs.goto(`/albums/${albumId}`)
  await expect(tiles(theirs)).toHaveCount(4)
  await theirs.getByRole('button', { name: 'Album actions' }).click()
  await theirs.getByRole('menuitem', { name: 'Arrange by hand' }).click()
  await expect(theirs.getByText('Drag photos where they belong.')).toBeVisible()
  await expect.poll(() => order(theirs)).toEqual([a, b, c, d]) // as they were added

  const photo = (id: string) => theirs.locator(`[data-photo="${id}"]`)
  const box = (await photo(b).boundingBox())!
  await photo(d).dragTo(photo(b), { targetPosition: { x: 8, y: box.height / 2 } })
  await expect.poll(() => order(theirs)).toEqual([a, d, b, c])
  await expect.poll(kept).toEqual([a, d, b, c])

  await photo(a).focus()
  await theirs.keyboard.press('Control+ArrowRight')
  await expect(theirs.getByText('Now at place 2 of 4.')).toBeAttached()
  await expect(photo(a)).toBeFocused()
  await theirs.keyboard.press('Control+ArrowRight')
  await expect.poll(() => order(theirs)).toEqual([d, b, a, c])
  await theirs.keyboard.press('Control+ArrowLeft')
  await expect.poll(kept).toEqual([d, a, b, c])

  await theirs.keyboard.press('Space')
  await theirs.getByRole('button', { name: 'More actions' }).click()
  await judge(theirs, 'album-order')
  await theirs.getByRole('menuitem', { name: 'Move one place earlier' }).click()
  await expect.poll(kept).toEqual([a, d, b, c])
  await theirs.reload()
  await expect.poll(() => order(theirs)).toEqual([a, d, b, c])
})

test('a move that is refused is said, and the photos stand as they did', async ({ theirs, person, stage }) => {
  const ids = await person.upload([4, 5].map((at) => fileOf(stage, 'captioned-', at)))
  await person.ready(ids)
  const album = { title: 'A story', order: 'ALBUM_ORDER_MANUAL' }
  const { albumId } = await person.call<{ albumId: string }>('POST', '/v1/albums', album)
  await person.call('POST', `/v1/albums/${albumId}:batchAdd`, { photoIds: ids })
  await theirs.goto(`/albums/${albumId}`)
  await expect(tiles(theirs)).toHaveCount(2)
  await theirs.route('**:move', (route) => route.abort())
  await tiles(theirs).first().focus()
  await theirs.keyboard.press('Control+ArrowRight')
  await expect(theirs.getByText('The library does not answer')).toBeVisible()
  await expect.poll(() => order(theirs)).toEqual(ids)
})
