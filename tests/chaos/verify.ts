import { setTimeout as sleep } from 'node:timers/promises'
import { digestOf } from '../acceptance/generated-bytes.ts'
import { Session } from '../acceptance/session.ts'
import { contentKey, filesOf, rootOf, sha256Of } from './content.ts'
import type { Ledger, LedgerFile } from './ledger.ts'

/** How long a restarted platform may take to give up what was deleted right before it was killed. */
const RELEASE_MS = 45_000

export type Verification = { apiUrl: string; gatewayUrl: string; keys: readonly string[]; ledger: Ledger }

/**
 * `whole`: the bytes that were uploaded. `absent`: not there. `error`: an error by its status, or a connection that
 * broke off. `wrong`: other bytes under 200, or fewer.
 */
export type Served = { kind: 'whole' | 'absent' | 'error' | 'wrong'; detail: string }

type Part = { path: string; size: number; contentSeed: number }

const askForPart = async (url: string, file: Part): Promise<Served> => {
  const answer = await fetch(url)
  const detail = `the gateway answers ${answer.status}`
  const served = await digestOf(answer.body).catch(() => undefined)
  if (answer.status === 404) return { kind: 'absent', detail }
  if (answer.status !== 200) return { kind: 'error', detail }
  if (served === undefined) return { kind: 'error', detail: 'the gateway breaks off' }
  if (served.sha256 === (await sha256Of(file))) return { kind: 'whole', detail }
  return { kind: 'wrong', detail: `it reads back with other bytes (${served.size} of ${file.size})` }
}

/** What the gateway serves of a content, by the CID that its bytes must have; of a folder every file. */
export const askGateway = async (gatewayUrl: string, file: LedgerFile): Promise<Served> => {
  const root = `${gatewayUrl}/ipfs/${await rootOf(file)}`
  const parts: Served[] = []
  for (const part of filesOf(file)) parts.push(await askForPart(part.path === '' ? root : `${root}/${part.path}`, part))
  const worst = (['wrong', 'error', 'absent', 'whole'] as const).find((kind) =>
    parts.some((part) => part.kind === kind),
  )
  const found = parts.find(({ kind }) => kind === worst) ?? { kind: 'error', detail: 'nothing was asked for' }
  if (found.kind !== 'absent' || parts.every(({ kind }) => kind === 'absent')) return found
  return { kind: 'wrong', detail: 'the gateway has some of its files and not the others' }
}

const readsBack = async (gatewayUrl: string, file: LedgerFile): Promise<string | null> => {
  // The look at uploads that were cut off counts on this: it has no other way to their CIDs.
  if (file.cid !== (await rootOf(file))) return `${file.name} has the CID of other bytes`
  const { kind, detail } = await askGateway(gatewayUrl, file)
  return kind === 'whole' ? null : `${file.name} was acknowledged and ${detail}`
}

const isGone = async (gatewayUrl: string, cid: string): Promise<boolean> => {
  for (const end = Date.now() + RELEASE_MS; ; await sleep(100)) {
    const answer = await fetch(`${gatewayUrl}/ipfs/${cid}`, { method: 'HEAD' })
    if (answer.status === 404) return true
    if (Date.now() > end) return false
  }
}

/** Contents that are gone: one file of each, one that was cut off if there is such. */
const goneContents = (ledger: Ledger): LedgerFile[] => {
  const gone = new Map<string, LedgerFile>()
  for (const file of ledger.in('gone', 'in doubt'))
    if (gone.get(contentKey(file))?.cid !== undefined || !gone.has(contentKey(file))) gone.set(contentKey(file), file)
  for (const file of ledger.in('there')) gone.delete(contentKey(file))
  return [...gone.values()]
}

/** Contents of uploads that go on by themselves: they may come at any moment, and may be in the store once more without a row. */
const contentsThatMayBeThere = (ledger: Ledger): Set<string> =>
  new Set(
    ledger.files
      .filter(({ state, resumeAt, madeTwice }) => madeTwice || (state === 'in doubt' && resumeAt !== undefined))
      .map(contentKey),
  )

/** Runs over items, so many at a time. */
export const inLanes = async <T>(
  items: readonly T[],
  lanes: number,
  run: (item: T) => Promise<void>,
): Promise<void> => {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of queue) await run(item)
    }),
  )
}

export type Found = {
  /** Every contradiction in words. */
  problems: string[]
  /** Contents that no file owns, and that the store still serves whole. */
  leftovers: Set<string>
}

/** What every list says, what the gateway serves. */
export const verify = async ({ apiUrl, gatewayUrl, keys, ledger }: Verification): Promise<Found> => {
  const found: Found = { problems: [], leftovers: new Set() }
  const { problems, leftovers } = found
  for (const [owner, key] of keys.entries())
    problems.push(...ledger.settle(owner, await new Session({ apiUrl }, key).listAll()))
  await inLanes(ledger.in('there'), 4, async (file) => {
    const problem = await readsBack(gatewayUrl, file)
    if (problem !== null) problems.push(problem)
  })
  const mayBeThere = contentsThatMayBeThere(ledger)
  await inLanes(goneContents(ledger), 8, async (file) => {
    const { name, cid, size } = file
    // The block of no bytes is part of each folder that has an empty file.
    if (size === 0 && file.shape === 'file') return
    if (cid !== undefined && !mayBeThere.has(contentKey(file))) {
      if (!(await isGone(gatewayUrl, cid)))
        problems.push(`${name} (${file.way}) was deleted, and the gateway serves ${cid}`)
      return
    }
    // An upload that was cut off and is not listed has no pin. Its blocks may have been committed right before the kill:
    // then the store keeps them until the orphan collector has waited (architecture, hard case 7), and what the gateway
    // says of them has to be the whole file all the same.
    const served = await askGateway(gatewayUrl, file)
    if (served.kind === 'whole') leftovers.add(contentKey(file))
    else if (served.kind !== 'absent')
      problems.push(`${name} was cut off, and the gateway serves a part of it: ${served.detail}`)
  })
  return found
}
