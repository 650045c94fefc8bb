import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { embeddedHarness } from './embedded-harness.ts'
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

/** What a backend has to do that is reached over a network and used by others besides, and one in our own process has not. */
const OF_OTHER_PROGRAMS: Readonly<Record<string, string>> = {
  "counts somebody else's pin, leaves its name as it is, and never takes it away": 'nobody else can pin in it',
  'lists all that is pinned, with its labels': 'as above; its labels are in embedded-backend.test.ts',
  'takes no list that broke off for a list': 'no list comes over a connection',
  'keeps a pin while a block below it is damaged or lost, whatever is asked of it, and brings back what is lost':
    'blocks are healed by the scrub: scrub.test.ts',
  'gives the space of what was released back, and nothing else': 'space comes back by compaction: compaction.test.ts',
  'tells within 2 s which node does not answer, and nothing of what it holds': 'who asks is who would answer',
}

describe('the embedded store and its node', () => {
  let harness: Awaited<ReturnType<typeof embeddedHarness>>
  beforeAll(async () => {
    harness = await embeddedHarness(inject('kuboFleet'))
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  test('is asked for all but what only another program can fail in', () => {
    const names = pinBackendContract.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(Object.keys(OF_OTHER_PROGRAMS)))
  })
  for (const { name, run } of pinBackendContract)
    if (OF_OTHER_PROGRAMS[name] === undefined) test(name, () => run(harness))
})
