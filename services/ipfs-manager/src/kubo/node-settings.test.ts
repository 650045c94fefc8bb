import { describe, expect, it } from 'vitest'
import { checkSettings, type NodeFacts } from './node-settings.ts'

const flatfs = (sync: boolean) => ({
  type: 'mount',
  mounts: [
    { mountpoint: '/blocks', path: 'blocks', prefix: 'flatfs.datastore', type: 'flatfs', sync },
    { mountpoint: '/', path: 'datastore', type: 'levelds' },
  ],
})
const good = {
  Datastore: { Spec: flatfs(true), HashOnRead: true },
  Bootstrap: ['auto'],
  Routing: { Type: 'auto' },
  Provide: { Strategy: 'roots' },
}
const closed = { ...good, Bootstrap: [], Routing: { Type: 'none' }, Provide: { Enabled: false } }
const facts = (change: Partial<NodeFacts> = {}): NodeFacts => ({
  version: '0.43.1',
  config: good,
  network: 'public',
  isOpen: false,
  ...change,
})

describe('a node', () => {
  it('that is set as it should be is used, public or private', () => {
    const nothing = { problems: [], warnings: [] }
    expect(checkSettings(facts())).toEqual(nothing)
    expect(checkSettings(facts({ network: 'private', config: closed }))).toEqual(nothing)
    expect(checkSettings(facts({ version: '0.38.0' }))).toEqual(nothing)
    expect(checkSettings(facts({ version: '1.0.0' }))).toEqual(nothing)
  })

  it.each<[string, Partial<NodeFacts>, RegExp]>([
    ['is too old', { version: '0.37.9' }, /too old/],
    ['answers everybody', { isOpen: true }, /API\.Authorizations/],
    ['does not sync', { config: { ...good, Datastore: { Spec: flatfs(false) } } }, /"sync": true/],
    ['does not say that it syncs', { config: { ...good, Datastore: { Spec: { type: 'flatfs' } } } }, /"sync": true/],
    [
      'is private and has bootstrap peers',
      { network: 'private', config: { ...closed, Bootstrap: ['auto'] } },
      /Bootstrap/,
    ],
    ['is private and asks for routes', { network: 'private', config: { ...closed, Routing: {} } }, /Routing\.Type/],
    ['is private and announces', { network: 'private', config: { ...closed, Provide: {} } }, /Provide\.Enabled/],
  ])('that %s is not used, and it is said what to set', (_what, change, message) => {
    expect(checkSettings(facts(change)).problems).toContainEqual(expect.stringMatching(message))
  })

  it.each<[string, Partial<NodeFacts>, RegExp]>([
    ['does not hash what it reads', { config: { ...good, Datastore: { Spec: flatfs(true) } } }, /HashOnRead/],
    ['announces nothing', { config: { ...good, Provide: { Enabled: false } } }, /announced/],
    ['announces every block', { config: { ...good, Provide: {} } }, /every block.*"roots"/],
    ['does not announce its pins', { config: { ...good, Provide: { Strategy: 'mfs' } } }, /not announced: set/],
    [
      'announces once and not again',
      { config: { ...good, Provide: { Strategy: 'roots', DHT: { Interval: '0' } } } },
      /two days/,
    ],
    [
      'announces without a sweep',
      { config: { ...good, Provide: { Strategy: 'pinned+mfs', DHT: { SweepEnabled: false } } } },
      /SweepEnabled/,
    ],
    ['has no routing', { config: { ...good, Routing: { Type: 'none' } } }, /announced/],
  ])('that %s is used with a warning', (_what, change, message) => {
    const { problems, warnings } = checkSettings(facts(change))
    expect([problems, warnings]).toEqual([[], [expect.stringMatching(message)]])
  })

  it('that tells nothing of its settings is no error of ours', () => {
    for (const config of [null, 7, [], { Datastore: null }])
      expect(checkSettings(facts({ config })).warnings.length).toBeGreaterThan(0)
  })
})
