import { ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { ask } from '@/api/problem'
import { useServices } from '@/services'
import { useProblemText } from '@/ui/problemText'

export interface Purge {
  busy: Ref<boolean>
  /** Delete photos of the trash for good. */
  remove(photoIds: readonly string[]): Promise<void>
  /** Delete all of them, and wait until that is done. */
  empty(then: () => Promise<void>): Promise<void>
}

const LOOK_EVERY_MS = 500
const RUNNING: readonly (string | undefined)[] = ['OPERATION_STATE_WAITING', 'OPERATION_STATE_RUNNING']

export function usePurge(): Purge {
  const { api, library, toasts } = useServices()
  const { t, n } = useI18n()
  const text = useProblemText()
  const busy = ref(false)

  async function told(work: () => Promise<void>): Promise<void> {
    busy.value = true
    try {
      await work()
    } catch (cause) {
      toasts.error(text(cause))
    } finally {
      busy.value = false
    }
  }

  const remove = (photoIds: readonly string[]): Promise<void> =>
    told(async () => {
      for (const photo_id of photoIds) {
        await ask(api.DELETE('/v1/photos/{photo_id}', { params: { path: { photo_id } } }))
        library.publish({ goneIds: [photo_id] })
      }
      toasts.note(t('collections.trash.deleted', { n: n(photoIds.length) }, photoIds.length))
    })

  const empty = (then: () => Promise<void>): Promise<void> =>
    told(async () => {
      let operation = await ask(api.POST('/v1/trash:purge', { body: {} }))
      while (RUNNING.includes(operation.state)) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
        const path = { operation_id: operation.operationId ?? '' }
        operation = await ask(api.GET('/v1/operations/{operation_id}', { params: { path } }))
      }
      await then()
      toasts.note(t('collections.trash.emptied'))
    })

  return { busy, remove, empty }
}
