import { useI18n } from 'vue-i18n'
import { asProblem } from '@/api/problem'

/** One sentence for people about a Problem: by its reason, or what the server said where no sentence is kept. */
export function useProblemText(): (cause: unknown) => string {
  const { t, te } = useI18n()
  return (cause) => {
    const problem = asProblem(cause)
    const key = `errors.${problem.reason}`
    if (te(key)) return t(key, { ...problem.metadata })
    if (problem.status === 502 || problem.status === 503) return t('errors.UNAVAILABLE')
    return problem.status > 0 && problem.status < 500 ? problem.message : t('errors.UNKNOWN')
  }
}
