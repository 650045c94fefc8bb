import { OutgoingCalls } from '@packages/runtime/outgoing/outgoing-calls'
import { type CachePurger, PurgeFailed } from './cache-purger.ts'

const TAGS_AT_ONCE = 50
/** Headers have 8 KiB in Varnish by default. A tag of a CID has some 60 characters, one of a host or of an identity CID some hundreds. */
const EXPRESSION_CHARACTERS = 6_000
const OUTGOING = { steeredBy: 'operator', maxBodyBytes: 16_384, timeoutMs: 10_000 } as const

/** Ends of a tag: everything that is in none. No white space, at which an expression of a ban would end. */
const [BEFORE, AFTER] = ['(^|[^a-z0-9.-])', '($|[^a-z0-9.-])']

const escaped = (tag: string): string => tag.replaceAll('.', '[.]')

/** The tags of each ban, escaped. */
const bansOf = (tags: readonly string[]): string[][] => {
  const bans: string[][] = []
  let room = 0
  for (const tag of tags.map(escaped)) {
    if (tag.length >= room) {
      bans.push([])
      room = EXPRESSION_CHARACTERS
    }
    bans.at(-1)?.push(tag)
    room -= tag.length + 1
  }
  return bans
}

/** A Varnish with `infrastructure/varnish/holdfast.vcl`: a ban on what it has kept, which its lurker can see to the end of by itself. */
export const createVarnishPurger = ({
  name,
  url,
  token,
}: {
  name: string
  url: string
  token: string
}): CachePurger => {
  const outgoing = new OutgoingCalls(OUTGOING)
  return {
    name,
    tagsAtOnce: TAGS_AT_ONCE,
    purge: async (tags, signal) => {
      for (const ban of bansOf(tags)) {
        const headers = {
          'Holdfast-Purge-Token': token,
          'Holdfast-Purge-Tags': `${BEFORE}(${ban.join('|')})${AFTER}`,
        }
        const answer = await outgoing.call(`${url}/`, { method: 'BAN', headers, signal })
        answer.cancel()
        if (answer.status !== 200) throw new PurgeFailed(`Varnish answered ${answer.status}`)
      }
    },
  }
}
