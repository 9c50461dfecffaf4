import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { ask } from '@/api/problem'
import type { Suggestion } from '@/api/types'
import { useServices } from '@/services'

const REST_MS = 150 // between two keys of somebody who types
const MOST = 8

/** Completions of what is typed, while `active`; an answer that comes late never replaces a later one. */
export function useSuggestions(prefix: Ref<string>, active: Ref<boolean>): ShallowRef<readonly Suggestion[]> {
  const { api } = useServices()
  const found = shallowRef<readonly Suggestion[]>([])
  let timer = 0
  let asked = 0

  async function load(): Promise<void> {
    const number = ++asked
    const query = { prefix: prefix.value.trim().slice(0, 100), limit: MOST }
    const answer = await ask(api.GET('/v1/search:suggest', { params: { query } })).catch(() => undefined)
    if (number === asked) found.value = answer?.suggestions ?? []
  }

  watch([prefix, active], () => {
    clearTimeout(timer)
    if (active.value) timer = window.setTimeout(() => void load(), REST_MS)
  })
  onScopeDispose(() => clearTimeout(timer))
  return found
}
