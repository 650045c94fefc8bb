import { describe, expect, it } from 'vitest'
import { NameCache } from './name-cache.ts'

/** A database whose answers come when the test says so. */
const slowAnswers = (): { ask: () => Promise<boolean | null>; answer: ((found: boolean | null) => void)[] } => {
  const answer: ((found: boolean | null) => void)[] = []
  return { answer, ask: () => new Promise((resolve) => answer.push(resolve)) }
}

describe('NameCache', () => {
  it('asks once for many, and remembers a yes', async () => {
    const { ask, answer } = slowAnswers()
    const names = new NameCache(ask)
    const asked = [names.has('cid', 'a'), names.has('cid', 'a')]
    expect(answer.length).toBe(1)
    answer[0]?.(true)
    expect(await Promise.all(asked)).toEqual([true, true])
    expect(names.has('cid', 'a')).toBe(true)
    expect(answer.length).toBe(1)
  })

  it('asks again after a no, and after a failure', async () => {
    const { ask, answer } = slowAnswers()
    const names = new NameCache(ask)
    for (const [round, found] of [false, null, true].entries()) {
      const asked = names.has('cid', 'a')
      answer[round]?.(found)
      expect(await asked).toBe(found)
    }
    expect(answer.length).toBe(3)
  })

  it('forgets all names of a CID, and no others', async () => {
    const names = new NameCache(() => Promise.resolve(true))
    for (const [cid, name] of [
      ['x', 'a'],
      ['x', 'b'],
      ['y', 'a'],
    ] as const)
      await names.has(cid, name)
    names.forget('x')
    expect([names.knows('x', 'a'), names.knows('x', 'b'), names.knows('y', 'a')]).toEqual([false, false, true])
  })

  it('does not remember an answer that was under way when its CID was forgotten', async () => {
    const { ask, answer } = slowAnswers()
    const names = new NameCache(ask)
    const early = names.has('cid', 'a')
    names.forget('cid')
    const late = names.has('cid', 'a')
    expect(answer.length).toBe(2)
    answer[0]?.(true)
    expect(await early).toBe(true)
    expect(names.knows('cid', 'a')).toBe(false)
    answer[1]?.(false)
    expect(await late).toBe(false)
    expect(names.knows('cid', 'a')).toBe(false)
  })

  it('holds no more than its limit, and drops what was not used for longest', async () => {
    const names = new NameCache(() => Promise.resolve(true), 3)
    for (const name of ['a', 'b', 'c']) await names.has('cid', name)
    void names.has('cid', 'a')
    await names.has('cid', 'd')
    expect(names.size).toBe(3)
    expect(['a', 'b', 'c', 'd'].filter((name) => names.knows('cid', name))).toEqual(['a', 'c', 'd'])
  })
})
