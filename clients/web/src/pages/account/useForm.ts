import { ref, type Ref } from 'vue'
import { useProblemText } from '@/ui/problemText'

/** A form that is sent once at a time; `error` says why it was refused. */
export function useForm(send: () => Promise<void>): {
  busy: Ref<boolean>
  error: Ref<string>
  submit: () => Promise<void>
} {
  const busy = ref(false)
  const error = ref('')
  const text = useProblemText()
  async function submit(): Promise<void> {
    if (busy.value) return
    busy.value = true
    error.value = ''
    try {
      await send()
    } catch (cause) {
      error.value = text(cause)
    } finally {
      busy.value = false
    }
  }
  return { busy, error, submit }
}
