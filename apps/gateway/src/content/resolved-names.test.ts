import { describe, expect, it } from 'vitest'
import type { NameFailure, ResolvedName } from '../names/name-question.ts'
import { ResolvedNames } from './resolved-names.ts'

const ONE = '192.0.2.1'

const to = (root: string, more: Partial<ResolvedName> = {}): ResolvedName => ({
  path: ['ipfs', root],
  names: ['a.example'],
  behind: [[]],
  freshMs: 60_000,
  ...more,
})

const cache = (limit?: number) => {
  let ms = 0
  const open: { name: string; answer(with_: ResolvedName | NameFailure): void }[] = []
  const names = new ResolvedNames((name) => new Promise((resolve) => open.push({ name, answer: resolve })), {
    now: () => ms,
    ...(limit === undefined ? {} : { limit }),
  })
  const resolve = async (name: string, answer: ResolvedName | NameFailure) => {
    const asked = names.resolve(name, ONE)
    open.shift()?.answer(answer)
    return asked
  }
  return { names, open, resolve, wait: (more: number) => (ms += more) }
}

describe('where names lead', () => {
  it('is asked once and kept for its time', async () => {
    const { names, open, resolve, wait } = cache()
    const first = await resolve('a.example', to('x'))
    expect(names.resolve('a.example', ONE)).toBe(first)
    wait(60_000)
    expect(names.resolve('a.example', ONE)).toBeInstanceOf(Promise)
    expect(open).toHaveLength(1)
  })

  it('what a cache may keep is never more than what is left', async () => {
    const { resolve, wait } = cache()
    const found = await resolve('a.example', to('x', { ttl: 60 }))
    if ('failure' in found) throw new Error(found.detail)
    expect(found.maxAge()).toBe(60)
    wait(45_000)
    expect(found.maxAge()).toBe(15)
    wait(45_000)
    expect(found.maxAge()).toBe(0)
  })

  it('a failure is not kept', async () => {
    const { names, open, resolve } = cache()
    await resolve('a.example', { failure: 'unresolved', detail: 'x' })
    expect(names.size).toBe(0)
    void names.resolve('a.example', ONE)
    expect(open).toHaveLength(1)
  })

  it('a change of any name on the way is a change', async () => {
    const { names, resolve } = cache()
    const a = await resolve('a.example', to('x', { names: ['a.example', 'k1'] }))
    const b = await resolve('b.example', to('y', { names: ['b.example', 'k2'] }))
    if ('failure' in a || 'failure' in b) throw new Error('not resolved')
    names.forget('k1')
    expect([names.holds('a.example', a), names.holds('b.example', b)]).toEqual([false, true])
  })

  it('an answer that was under way when a name changed is not kept, nor given to who asks later', async () => {
    const { names, open } = cache()
    const early = names.resolve('a.example', ONE)
    names.forget('k1')
    const late = names.resolve('a.example', ONE)
    expect(open).toHaveLength(2)
    open[0]?.answer(to('old'))
    expect(await early).toMatchObject({ path: ['ipfs', 'old'] })
    expect(names.size).toBe(0)
    open[1]?.answer(to('new'))
    expect(await late).toMatchObject({ path: ['ipfs', 'new'] })
    expect(names.resolve('a.example', ONE)).toMatchObject({ path: ['ipfs', 'new'] })
  })

  it('is asked for again for who came besides somebody who may have no more looked up', async () => {
    const { names, open } = cache()
    const [first, same, other] = [ONE, ONE, '192.0.2.2'].map((client) => names.resolve('a.example', client))
    expect(open).toHaveLength(1)
    open[0]?.answer({ failure: 'limited', detail: 'x' })
    expect([await first, await same]).toMatchObject([{ failure: 'limited' }, { failure: 'limited' }])
    await expect.poll(() => open.length).toBe(2)
    open[1]?.answer(to('x'))
    expect(await other).toMatchObject({ path: ['ipfs', 'x'] })
  })

  it('invented names do not fill memory', async () => {
    const { names, resolve } = cache(10)
    for (let n = 0; n < 100; n++) await resolve(`n${n}.example`, to('x'))
    expect(names.size).toBe(10)
  })
})
