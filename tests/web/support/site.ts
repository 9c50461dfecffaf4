import { listening, type Listening } from './listening.ts'

/** Somebody else's site: one page, at another port of this machine, which browsers count as the same site. */
export function foreignSite(html: string): Promise<Listening> {
  return listening((_, answer) => {
    answer.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
    answer.end(html)
  })
}
