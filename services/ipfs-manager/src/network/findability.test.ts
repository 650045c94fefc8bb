import { parseCid } from '@packages/shared/cid'
import { expect, it } from 'vitest'
import { Findability } from './findability.ts'
import { type Finding, findingOf } from './finding.ts'

const CID = parseCid('bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4')
const OTHER = parseCid('bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku')
const found = findingOf(new Set(['a']), new Set(['a']), 1)

it('asks once for the same content at the same time, and tells for a while what it knows; not what it does not know', async () => {
  let [asked, answer] = [0, findingOf(new Set(), new Set(), 0)]
  const findability = new Findability({
    ask: async () => {
      asked++
      return answer
    },
  })
  const both = await Promise.all([findability.check(CID), findability.check(CID)])
  expect([both.map(({ state }) => state), asked]).toEqual([['unknown', 'unknown'], 1])
  answer = found
  expect((await findability.check(CID)).state).toBe('found')
  answer = findingOf(new Set(), new Set(), 1)
  expect([(await findability.check(CID)).state, asked]).toEqual(['found', 2])
  expect((await findability.check(OTHER)).state).toBe('not_found')
})

it('looks for a few at a time and in bounded time, and says so', async () => {
  const findability = new Findability({
    ask: (_cid, signal) =>
      new Promise<Finding>((_, reject) => signal.addEventListener('abort', () => reject(new Error('late')))),
    settings: { withinMs: 50, atOnce: 1 },
  })
  const [first, second] = await Promise.all([findability.check(CID), findability.check(OTHER)])
  expect(first).toMatchObject({ state: 'unknown', reason: 'Nobody answered in time.', checkedAt: expect.any(Date) })
  expect(second).toMatchObject({ state: 'unknown', reason: 'Too many are looked for now.' })
})

it('takes nobody’s silence for a no', () => {
  expect(findingOf(new Set(), new Set(), 0).state).toBe('unknown')
  expect(findingOf(new Set(), new Set(), 1).state).toBe('not_found')
  expect(findingOf(new Set(['b']), new Set(['a']), 0)).toMatchObject({ state: 'found', isOurs: false })
  expect(findingOf(new Set(Array.from({ length: 30 }, (_, n) => `${n}`)), new Set(), 1).providers).toHaveLength(20)
})
