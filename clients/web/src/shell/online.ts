import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

/** Whether the browser has a network at all; a bridge that does not answer shows in each call instead. */
export function useOnline(): Ref<boolean> {
  const online = ref(navigator.onLine)
  const update = (): void => void (online.value = navigator.onLine)
  onMounted(() => {
    addEventListener('online', update)
    addEventListener('offline', update)
  })
  onBeforeUnmount(() => {
    removeEventListener('online', update)
    removeEventListener('offline', update)
  })
  return online
}
