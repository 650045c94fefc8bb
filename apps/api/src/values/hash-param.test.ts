import { expect, it } from 'vitest'
import { parseHash } from './hash-param.ts'

const V0 = 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH'
const V1 = 'bafybeif7ztnhq65lumvvtr4ekcwd2ifwgm3awq4zfr3srh462rwyinlb4y'

it('reads v0 and v1 of one DAG, in any multibase, as the same', () => {
  const expected = { kind: 'cid', canonical: V1 }
  expect(parseHash(V0)).toEqual(expected)
  expect(parseHash(V1)).toEqual(expected)
  expect(parseHash('zdj7WhPeoYjsgShRV7a1Jmn4aTgNPfnDmJ1mKPrzRPKkkGNa2')).toMatchObject({ kind: 'cid' })
})

it('reads a UUID in either case as the id of a row', () => {
  const id = '019a7b1c-0000-7000-8000-00000000000a'
  expect(parseHash(id)).toEqual({ kind: 'id', id })
  expect(parseHash(id.toUpperCase())).toEqual({ kind: 'id', id })
})

it.each(['', 'nonsense', '019a7b1c', '../etc/passwd', 'Qm', `${V1}x`, V1.toUpperCase().slice(1), '%00'])(
  'refuses %s',
  (text) => {
    expect(() => parseHash(text)).toThrow(expect.objectContaining({ code: 'invalid_cid' }))
  },
)
