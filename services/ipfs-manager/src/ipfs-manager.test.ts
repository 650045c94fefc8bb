import { randomBytes } from 'node:crypto'
import { openEpoch } from '@packages/db/store-epoch'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { IpfsManager } from './ipfs-manager.ts'
import { collectOrphans } from './orphan-collector.ts'
import { QUARANTINE_MS } from './orphan-policy.ts'
import { startTestManager, type TestManager } from './testing/test-manager.ts'

let test: TestManager
let manager: IpfsManager
beforeEach(async () => {
  test = await startTestManager()
  const { store, nodeId, db } = test
  manager = new IpfsManager({ ...test.deps, raiseEpoch: () => openEpoch(db, store, { nodeId }) })
})
afterEach(async () => {
  await manager.stop()
  await test.db.jobs.stop()
  await test.stop()
})

describe('IpfsManager', () => {
  it('opens the gate when store and database fit, and raises the epoch at each start', async () => {
    const before = test.store.epoch
    await manager.start()
    expect(manager.gate.isOpen()).toBe(true)
    expect(test.store.epoch).toBeGreaterThan(before)
    expect(manager.alarms.list()).toEqual([])
  })

  it('deletes nothing over an older database, whatever it says, and alarms', async () => {
    const bytes = [randomBytes(1_000), randomBytes(2_000)]
    const [kept, gone] = [await test.bring(bytes[0] as Buffer), await test.bring(bytes[1] as Buffer)]
    await test.own(kept)
    const { pin } = await test.own(gone)
    for (const { contentId } of [kept, gone]) test.store.settle(contentId)
    // The store has moved on since this database was written: a backup came back.
    await openEpoch(test.db, test.store, { nodeId: test.nodeId })
    await test.store.raiseEpoch(test.store.epoch + 5)
    await test.unpin([pin.id])
    const stats = await test.store.stats()

    await manager.start()
    expect(manager.gate.misfit).toBe('database_older_than_store')
    expect(manager.alarms.list()).toMatchObject([{ code: 'store_misfit' }])
    test.clock.now += 2 * QUARANTINE_MS
    expect(await collectOrphans({ ...test.deps, gate: manager.gate })).toMatchObject({ halted: 'misfit' })
    expect(await manager.releases.releaseNow([gone.contentId], 1_000)).toBe(false)
    await manager.releases.sweep()
    expect(await test.store.stats()).toEqual(stats)
  })

  it('deletes nothing and changes nothing under a foreign database', async () => {
    const upload = await test.bring(randomBytes(1_000))
    test.store.settle(upload.contentId)
    await test.store.raiseEpoch(7)
    await manager.start()
    expect(manager.gate.misfit).toBe('unknown_store')
    test.clock.now += 2 * QUARANTINE_MS
    expect(await collectOrphans({ ...test.deps, gate: manager.gate })).toMatchObject({ quarantined: 0 })
    expect(await test.held(upload.cid)).toBe(true)
  })

  it('finishes at start what a crash left open', async () => {
    const upload = await test.bring(randomBytes(1_000))
    const { pin } = await test.own(upload)
    await test.unpin([pin.id])
    await manager.start()
    await expect.poll(() => test.held(upload.cid), { timeout: 10_000 }).toBe(false)
  })
})
