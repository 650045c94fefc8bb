import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { ServiceStack } from '@packages/runtime/service-stack'
import { parseCid } from '@packages/shared/cid'
import { takedownKey } from '@packages/shared/takedown'
import { startTestManager } from '@services/ipfs-manager/testing/test-manager'
import { expect, it } from 'vitest'
import { startServedBlocks } from './network-of.ts'
import { startDenied } from './start-denied.ts'

const NO_LISTS = { dataDir: '/nowhere', denylists: [], denylistSubscriptions: { urls: [], everyMs: 60_000 } }

it('serves peers what is public, and not what suspended tenants alone hold, nor what is damaged', async () => {
  const test = await startTestManager()
  const stack = new ServiceStack({ logger: silentLogger })
  try {
    const withheld = await test.bring(randomBytes(3_000_000))
    await test.own(withheld)
    const kept = parseCid((await test.bring(randomBytes(1_000))).cid)
    await test.db.kysely.updateTable('organizations').set({ state: 'suspended' }).execute()
    const reported: { realm: string; cid: string }[] = []
    const blocks = await startServedBlocks({
      ...test,
      stack,
      reportDamage: (report) => reported.push(report),
      ...(await startDenied(NO_LISTS, { ...test, stack, logger: silentLogger })),
      logger: silentLogger,
    })
    // Peers see nothing before it is known what is withheld.
    await expect.poll(() => blocks.sizeOf(kept)).toBe(1_000)
    expect(blocks.sizeOf(parseCid(withheld.cid))).toBeUndefined()
    expect(await blocks.get(parseCid(withheld.cid))).toBeUndefined()
    expect([blocks.sizeOf(kept), (await blocks.get(kept))?.length]).toEqual([1_000, 1_000])
    expect(reported).toEqual([])
  } finally {
    await stack.stop()
    await test.stop()
  }
})

it('serves peers nothing that a denylist names, from the moment that it is read', async () => {
  const test = await startTestManager()
  const stack = new ServiceStack({ logger: silentLogger })
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-deny-'))
  try {
    const [denied, later] = await Promise.all(
      [1_000, 2_000].map(async (length) => parseCid((await test.bring(randomBytes(length))).cid)),
    )
    if (denied === undefined || later === undefined) throw new Error('nothing was brought')
    const file = join(folder, 'own.deny')
    await writeFile(file, `/ipfs/${denied}/*\n`)
    const logger = silentLogger
    const { denylist } = await startDenied({ ...NO_LISTS, denylists: [file] }, { ...test, stack, logger })
    const blocks = await startServedBlocks({ ...test, stack, reportDamage: () => undefined, logger, denylist })
    await expect.poll(() => blocks.sizeOf(later)).toBe(2_000)
    expect([blocks.sizeOf(denied), await blocks.get(denied)]).toEqual([undefined, undefined])
    await writeFile(file, `/ipfs/${denied}/*\n/ipfs/${later}\n`)
    await expect.poll(() => blocks.sizeOf(later), { timeout: 5_000 }).toBeUndefined()
    expect(await blocks.get(later)).toBeUndefined()
    const takenDown = parseCid((await test.bring(randomBytes(3_000))).cid)
    await expect.poll(() => blocks.sizeOf(takenDown)).toBe(3_000)
    const entry = (takedown: { status: 451; caseNumber: string } | null) =>
      test.db.unitOfWork.run(async (uow) =>
        uow.policy({ kind: 'takedown.changed', key: takedownKey(takenDown), takedown }),
      )
    await entry({ status: 451, caseNumber: '1' })
    await expect.poll(() => blocks.sizeOf(takenDown)).toBeUndefined()
    await entry(null)
    await expect.poll(() => blocks.sizeOf(takenDown)).toBe(3_000)
  } finally {
    await stack.stop()
    await test.stop()
    await rm(folder, { recursive: true, force: true })
  }
})
