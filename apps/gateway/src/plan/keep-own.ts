import type { ResponsePlan } from './response-plan.ts'
import { withHeader } from './with-header.ts'

/** The same response for a browser's own cache and no shared one, whose visitors nobody would count. */
export const keepOwn = (plan: ResponsePlan): ResponsePlan => {
  const at = plan.headers.indexOf('Cache-Control')
  const said = at === -1 ? undefined : (plan.headers[at + 1] as string)
  const value = said === undefined ? 'private' : said.replace(/\bpublic\b/, 'private')
  return { ...plan, headers: withHeader(plan.headers, 'Cache-Control', value) }
}
