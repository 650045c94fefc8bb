import { afterAll, beforeAll, describe, inject, test } from 'vitest'
import { kuboHarness } from './kubo-harness.ts'
import { pinBackendContract } from './pin-backend-contract.ts'

describe('a pool of Kubo nodes', () => {
  let harness: Awaited<ReturnType<typeof kuboHarness>>
  beforeAll(async () => {
    harness = await kuboHarness(inject('kuboFleet'))
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  for (const { name, run } of pinBackendContract) test(name, () => run(harness))
})
