import { setTimeout as sleep } from 'node:timers/promises'
import { digestOf } from '../acceptance/generated-bytes.ts'
import { Session } from '../acceptance/session.ts'
import { sha256Of, singleBlockCid } from './content.ts'
import type { Ledger, LedgerFile } from './ledger.ts'

/** How long a restarted platform may take to give up what was deleted right before it was killed. */
const RELEASE_MS = 10_000
const SINGLE_BLOCK = 1024 * 1024

export type Verification = { apiUrl: string; gatewayUrl: string; keys: readonly string[]; ledger: Ledger }

const readsBack = async (gatewayUrl: string, file: LedgerFile): Promise<string | null> => {
  const answer = await fetch(`${gatewayUrl}/ipfs/${file.cid}`)
  if (answer.status !== 200) return `${file.name} was acknowledged and the gateway answers ${answer.status}`
  const { sha256, size } = await digestOf(answer.body)
  const expected = await sha256Of(file.size, file.contentSeed)
  return sha256 === expected ? null : `${file.name} reads back with other bytes (${size} of ${file.size})`
}

const isGone = async (gatewayUrl: string, cid: string): Promise<boolean> => {
  for (const end = Date.now() + RELEASE_MS; ; await sleep(100)) {
    const answer = await fetch(`${gatewayUrl}/ipfs/${cid}`, { method: 'HEAD' })
    if (answer.status === 404) return true
    if (Date.now() > end) return false
  }
}

/** Contents that some file here still has, by what they are made from. */
const liveContents = (ledger: Ledger): Set<string> =>
  new Set(ledger.in('there').map(({ size, contentSeed }) => `${size}:${contentSeed}`))

const goneCids = async (ledger: Ledger): Promise<string[]> => {
  const live = liveContents(ledger)
  const cids = new Set<string>()
  for (const { cid, size, contentSeed, state } of ledger.files) {
    if (state !== 'gone' || live.has(`${size}:${contentSeed}`)) continue
    // Also what was cut off in the middle and never got a CID that we saw.
    if (cid !== undefined) cids.add(cid)
    else if (size > 0 && size <= SINGLE_BLOCK) cids.add(singleBlockCid(await sha256Of(size, contentSeed)))
  }
  return [...cids]
}

const inLanes = async <T>(items: readonly T[], lanes: number, run: (item: T) => Promise<void>): Promise<void> => {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of queue) await run(item)
    }),
  )
}

/** After a restart: what every list says, what the gateway serves. @returns every contradiction in words */
export const verify = async ({ apiUrl, gatewayUrl, keys, ledger }: Verification): Promise<string[]> => {
  const problems: string[] = []
  for (const [owner, key] of keys.entries())
    problems.push(...ledger.settle(owner, await new Session({ apiUrl }, key).listAll()))
  await inLanes(ledger.in('there'), 4, async (file) => {
    const problem = await readsBack(gatewayUrl, file)
    if (problem !== null) problems.push(problem)
  })
  await inLanes(await goneCids(ledger), 8, async (cid) => {
    if (!(await isGone(gatewayUrl, cid))) problems.push(`${cid} belongs to nobody and is served`)
  })
  return problems
}
