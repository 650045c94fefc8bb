import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { condemnRoots } from '@packages/db/condemn-roots'
import { ReleaseFailed, releaseContents } from './release-contents.ts'
import { ReleaseWorker } from './release-worker.ts'
import { startTestManager, type TestManager } from './testing/test-manager.ts'

let test: TestManager
beforeEach(async () => {
  test = await startTestManager()
})
afterEach(() => test.stop())

const openTombstones = async (): Promise<number> => {
  const { rows } = await test.db.pool.query('select count(*) as open from tombstones where released_at is null')
  return rows[0].open
}

describe('release', () => {
  it('gives back what a tombstone names, once, and forgets the replica', async () => {
    const upload = await test.bring(randomBytes(2_000_000))
    const { pin, contentId } = await test.own(upload)
    await test.unpin([pin.id])
    expect(await test.held(upload.cid)).toBe(true)
    expect(await releaseContents(test.deps, [contentId])).toEqual([])
    expect(await test.held(upload.cid)).toBe(false)
    expect(await openTombstones()).toBe(0)
    expect(await test.db.kysely.selectFrom('replicas').selectAll().execute()).toEqual([])
    expect(await releaseContents(test.deps, [contentId])).toEqual([])
  })

  it('gives nothing back without a tombstone, nor while the gate is closed', async () => {
    const upload = await test.bring(randomBytes(1_000))
    const { pin, contentId } = await test.own(upload)
    await releaseContents(test.deps, [contentId])
    expect(await test.held(upload.cid)).toBe(true)
    await test.unpin([pin.id])
    test.gate.open = false
    expect(await releaseContents(test.deps, [contentId])).toEqual([contentId])
    expect(await test.held(upload.cid)).toBe(true)
  })

  it('obeys no tombstone that names a content which is alive', async () => {
    const upload = await test.bring(randomBytes(1_000))
    await test.own(upload)
    await test.db.unitOfWork.run((uow) => condemnRoots(uow, [{ ...upload, realm: 'public' }], 'orphan'))
    expect(await releaseContents(test.deps, [upload.contentId])).toEqual([upload.contentId])
    expect(await test.held(upload.cid)).toBe(true)
  })

  it('keeps a duplicate that is the last copy of a live content', async () => {
    const bytes = randomBytes(1_000)
    const first = await test.bring(bytes)
    await test.own(first)
    // A store that came back from an older copy: the row is there, its root is not.
    await test.store.release(first.contentId)
    const second = await test.bring(bytes)
    expect((await test.own(second)).contentId).toBe(first.contentId)
    expect(await releaseContents(test.deps, [second.contentId])).toEqual([second.contentId])
    expect(await test.held(first.cid)).toBe(true)
  })
})

describe('ReleaseWorker', () => {
  it('works a job off, and by its sweep what a closed gate left open', async () => {
    const worker = new ReleaseWorker(test.deps)
    await worker.start()
    const uploads = await Promise.all([randomBytes(10), randomBytes(20)].map((bytes) => test.bring(bytes)))
    const pins = await Promise.all(uploads.map((upload) => test.own(upload)))
    await test.unpin([pins[0]?.pin.id ?? ''])
    await expect.poll(openTombstones, { timeout: 10_000 }).toBe(0)
    test.gate.open = false
    await test.unpin([pins[1]?.pin.id ?? ''])
    expect(await worker.releaseNow([uploads[1]?.contentId ?? ''], 500)).toBe(false)
    test.gate.open = true
    await worker.sweep()
    expect(await openTombstones()).toBe(0)
    await worker.stop()
    await test.db.jobs.stop()
  })

  it('sweeps past tombstones that stay open, and ends', async () => {
    const worker = new ReleaseWorker(test.deps)
    const uploads = []
    for (let n = 0; n < 120; n++) uploads.push(await test.bring(Buffer.from(`alive ${n}`)))
    await Promise.all(uploads.map((upload) => test.own(upload)))
    const roots = uploads.map((upload) => ({ ...upload, realm: 'public' }))
    await test.db.unitOfWork.run((uow) => condemnRoots(uow, roots, 'orphan'))
    await worker.sweep()
    expect(await openTombstones()).toBe(120)
  })

  it('sweeps past what the store fails on, notes what it gave back, and tells it', async () => {
    const uploads = []
    for (let n = 0; n < 120; n++) uploads.push(await test.bring(Buffer.from(`unowned ${n}`)))
    const [broken, ...sound] = uploads.map((upload) => ({ ...upload, realm: 'public' }))
    if (broken === undefined) throw new Error('nothing was brought')
    await test.db.unitOfWork.run((uow) => condemnRoots(uow, [broken], 'orphan'))
    await test.db.unitOfWork.run((uow) => condemnRoots(uow, sound, 'orphan'))
    const { store } = test
    const failing = {
      hasRoot: (contentId: string) => store.hasRoot(contentId),
      release: async (contentId: string) => {
        if (contentId === broken.contentId) throw new Error('the disk failed')
        return store.release(contentId)
      },
    }
    const worker = new ReleaseWorker({ ...test.deps, store: failing })
    await expect(worker.sweep()).rejects.toBeInstanceOf(ReleaseFailed)
    const { rows } = await test.db.pool.query('select content_id from tombstones where released_at is null')
    expect(rows).toEqual([{ content_id: broken.contentId }])
    expect(await test.held(broken.cid)).toBe(true)
    await expect(releaseContents({ ...test.deps, store: failing }, [broken.contentId])).rejects.toThrow('1 contents')
    await new ReleaseWorker(test.deps).sweep()
    expect(await openTombstones()).toBe(0)
  })
})
