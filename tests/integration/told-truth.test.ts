import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HASTENED, LieTimes } from '../chaos/pins/lie-times.ts'
import { type Lie, liesIn, type Listed, type Told } from '../chaos/pins/truth.ts'

const NAMES = ['a', 'b', 'c']
const CIDS = ['one', 'two']

const told: fc.Arbitrary<Told[]> = fc.uniqueArray(
  fc.record({
    cid: fc.constantFrom(...CIDS),
    nodes: fc.subarray(NAMES),
    own: fc.boolean(),
    strayed: fc.constant([]),
    pinnedMin: fc.constantFrom(null, 1, 2, 3),
    psaPinned: fc.boolean(),
  }),
  { selector: ({ cid }) => cid },
)
/** null: the node does not answer. */
const words: fc.Arbitrary<(string[] | null)[]> = fc.tuple(
  ...NAMES.map(() => fc.option(fc.subarray(CIDS), { nil: null })),
)
const listing = (given: readonly (readonly string[] | null)[]): Listed =>
  new Map(given.map((cids, index) => [NAMES[index] ?? '', cids === null ? null : new Set(cids)]))
const about = (lies: readonly Lie[]): string[] => lies.map((lie) => lie.about).sort()

describe('what is told of pins, beside what nodes say', () => {
  it('is a lie by silence alone exactly where nodes that do not answer could say that it is so', () => {
    fc.assert(
      fc.property(told, words, (given, said) => {
        const lies = liesIn(given, listing(said))
        const answered = said.map((cids) => cids ?? CIDS)
        expect(about(lies.filter(({ isBySilence }) => !isBySilence))).toEqual(about(liesIn(given, listing(answered))))
      }),
    )
  })

  it('is so exactly when each node that is told lists it, the minimum is there, and somebody has what others are told is pinned', () => {
    fc.assert(
      fc.property(told, words, (given, said) => {
        const isSo = given.every(({ cid, nodes, own, pinnedMin, psaPinned }) => {
          const there = nodes.filter((name) => said[NAMES.indexOf(name)]?.includes(cid)).length
          const copies = there + (own ? 1 : 0)
          return there === nodes.length && copies >= (pinnedMin ?? 0) && (!psaPinned || copies > 0)
        })
        expect(liesIn(given, listing(said)).length === 0).toBe(isSo)
      }),
    )
  })
})

it('is a lie at once that a public node counts for a private content, whether it answers or not', () => {
  const secret = { cid: 'one', nodes: ['a'], own: true, strayed: ['a'], pinnedMin: null, psaPinned: false }
  for (const said of [['one'], null]) {
    const [lie] = liesIn([secret], listing([said]))
    expect(lie).toMatchObject({
      text: 'one is private and counts as confirmed by a, a public node',
      isBySilence: false,
    })
  }
})

describe('how long it is not so', () => {
  const pinned = { cid: 'one', nodes: ['a', 'b'], own: false, strayed: [], pinnedMin: 2, psaPinned: true }
  const silent = liesIn([pinned], listing([['one'], null, null]))
  const absent = liesIn([pinned], listing([['one'], [], []]))

  it('may be 30 s while nodes do not answer, the pins that stand on them too', () => {
    const times = new LieTimes(HASTENED)
    expect(times.look(silent, 0)).toEqual([])
    expect(times.look(silent, 30_000)).toEqual([])
    expect(times.isOpen).toBe(true)
    expect(times.look(silent, 30_001)).toEqual([
      'for 30 s: one counts as confirmed by b, which does not answer',
      'for 30 s: one is told pinned, and 1 of at least 2 copies are confirmed; nodes do not answer',
    ])
    expect(times.isOpen).toBe(false)
    expect(times.look(silent, 60_000)).toEqual([])
  })

  it('may be 12 s where they do, from when they do', () => {
    const times = new LieTimes(HASTENED)
    times.look(silent, 0)
    expect(times.look(absent, 20_000)).toEqual([])
    expect(times.look(absent, 32_000)).toEqual([])
    expect(times.look(absent, 32_001)).toEqual([
      'for 12 s: one counts as confirmed by b, which does not list it',
      'for 12 s: one is told pinned, and 1 of at least 2 copies are confirmed',
    ])
  })

  it('goes on when more is lost meanwhile, and begins anew when all was so in between', () => {
    const times = new LieTimes(HASTENED)
    times.look(absent, 0)
    expect(times.look(liesIn([pinned], listing([[], [], []])), 12_001)).toContain(
      'for 12 s: one is told pinned, and 0 of at least 2 copies are confirmed',
    )
    times.look([], 13_000)
    expect(times.look(absent, 14_000)).toEqual([])
  })
})
