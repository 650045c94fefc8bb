import { callApi, type Caller } from './call-api.ts'
import type { ListedPin } from './pin-ledger.ts'

const PAGE = 1_000

/** All pins whose names begin like this, whatever their status, newest first: page after page as the specification says. */
export const listAllPins = async (where: Caller, name: string): Promise<ListedPin[]> => {
  const all: ListedPin[] = []
  const query = new URLSearchParams({
    status: 'queued,pinning,pinned,failed',
    name,
    match: 'partial',
    limit: `${PAGE}`,
  })
  for (;;) {
    type Page = { count: number; results: (ListedPin & { created: string })[] }
    const { count, results } = await callApi<Page>(where, 'GET', `/psa/pins?${query}`)
    all.push(...results)
    const last = results.at(-1)
    if (last === undefined || count <= results.length) return all
    query.set('before', last.created)
  }
}
