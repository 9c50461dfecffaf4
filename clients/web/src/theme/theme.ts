import { computed, ref, watchEffect, type ComputedRef, type Ref } from 'vue'

export type ThemeChoice = 'system' | 'light' | 'dark'

export interface Theme {
  /** What the user chose; kept in this browser. */
  choice: Ref<ThemeChoice>
  dark: ComputedRef<boolean>
}

const KEY = 'tintype.theme'

/** Dark or light, by the system unless the user chose; written to the document's root. */
export function createTheme(): Theme {
  const stored = localStorage.getItem(KEY)
  const choice = ref<ThemeChoice>(stored === 'light' || stored === 'dark' ? stored : 'system')
  const query = matchMedia('(prefers-color-scheme: dark)')
  const system = ref(query.matches)
  query.addEventListener('change', (event) => (system.value = event.matches))
  const dark = computed(() => (choice.value === 'system' ? system.value : choice.value === 'dark'))
  watchEffect(() => {
    document.documentElement.dataset.theme = dark.value ? 'dark' : 'light'
    if (choice.value === 'system') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, choice.value)
  })
  return { choice, dark }
}
