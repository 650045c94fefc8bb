import { randomUUIDv7 } from 'node:crypto'
import { startTestDatabase } from '@packages/db/test-database'
import { expect, it } from 'vitest'
import { kuboDelegates } from './kubo-delegates.ts'

it('names public nodes that are up, the first address of each before the second of any, and twenty at most', async () => {
  const { db, stop } = await startTestDatabase()
  try {
    const node = async (name: string, over: object, addresses = [`${name} 1`, `${name} 2`]) =>
      db.kysely
        .insertInto('nodes')
        .values({ id: randomUUIDv7(), name, kind: 'kubo', state: 'up', addresses, ...over })
        .execute()
    expect(await kuboDelegates(db)()).toEqual([])
    await node('a', {})
    await node('b', {})
    await node('down', { state: 'down' })
    await node('refused', { state: 'refused' })
    await node('private', { network: 'private' })
    await node('gone', { intent: 'draining' })
    await node('own', { kind: 'embedded' })
    const delegates = kuboDelegates(db)
    expect(await delegates()).toEqual(['a 1', 'b 1', 'a 2', 'b 2'])
    await node(
      'many',
      {},
      Array.from({ length: 30 }, (_, n) => `many ${n}`),
    )
    // Asked a moment ago.
    expect(await delegates()).toHaveLength(4)
    expect(await kuboDelegates(db)()).toHaveLength(20)
  } finally {
    await stop()
  }
})
