import type { ResponsePlan } from './response-plan.ts'

const REPLACED: Record<string, true> = { 'cache-control': true, 'referrer-policy': true, 'x-robots-tag': true }

/** The same response for one reader alone: nobody stores it, and its address, which may hold a link, goes to nobody. */
export const keepPrivate = (plan: ResponsePlan): ResponsePlan => {
  const headers: string[] = []
  for (let at = 0; at + 1 < plan.headers.length; at += 2) {
    const name = plan.headers[at] as string
    if (REPLACED[name.toLowerCase()] !== true) headers.push(name, plan.headers[at + 1] as string)
  }
  headers.push('Cache-Control', 'private, no-store', 'Referrer-Policy', 'no-referrer', 'X-Robots-Tag', 'noindex')
  return { ...plan, headers }
}
