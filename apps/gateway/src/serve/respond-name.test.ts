import { HoldfastError } from '@packages/shared/holdfast-error'
import { expect, it } from 'vitest'
import { DenyRules } from '../denylist/deny-rules.ts'
import { readDenyList } from '../denylist/read-deny-list.ts'
import { resolveName } from '../names/name-resolver.ts'
import { readHeaders } from '../request/read-headers.ts'
import { type NameDeps, respondName } from './respond-name.ts'

const CID = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
const LINKS: Record<string, string> = {
  'fresh.example': '/ipns/bad.example/site',
  'bad.example': '/ipns/third.example',
  'third.example': `/ipfs/${CID}`,
}

const findDnslink = async (name: string) => ({ path: LINKS[name] ?? '', freshMs: 1_000 })

it.each([
  ['the asked name', '/ipns/fresh.example/x', 'denied'],
  ['a name on the way, with all below it', '/ipns/bad.example/*', 'denied'],
  ['a name on the way, with the path that the one before it adds', '/ipns/bad.example/site/x', 'denied'],
  ['another path of a name on the way', '/ipns/bad.example/other', 'goes on'],
  ['the last name', '/ipns/third.example/site/x', 'denied'],
  ['no name on the way', '/ipns/else.example/*', 'goes on'],
])('%s: %s %s', async (_, rule, outcome) => {
  const rules = new DenyRules()
  await readDenyList(rule, rules)
  const deps = {
    denylist: {
      check: (asked: Parameters<DenyRules['statusOf']>[0]) => {
        if (rules.statusOf(asked) !== null) throw new HoldfastError('content_gone', { detail: 'denied' })
      },
    },
    resolved: {
      resolve: async (name: string) => ({
        ...(await resolveName(name, { findDnslink, findRecord: async () => null })),
        maxAge: () => 60,
      }),
    },
    // What is asked when nothing is denied.
    content: {
      holds: () => {
        throw new Error('goes on')
      },
    },
    far: null,
    network: null,
  } as unknown as NameDeps
  const query = { filename: undefined, download: false, format: undefined, link: undefined, uri: undefined }
  const request = { method: 'GET', path: ['ipns', 'fresh.example', 'x'], query, headers: readHeaders([]) } as const
  await expect(respondName(request, { url: '/ipns/fresh.example/x', client: '192.0.2.1' }, deps)).rejects.toThrow(
    outcome,
  )
})
