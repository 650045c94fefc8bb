import { setTimeout as sleep } from 'node:timers/promises'
import { digestOf } from '../../acceptance/generated-bytes.ts'
import { Session } from '../../acceptance/session.ts'
import { rootOf, sha256Of } from '../content.ts'
import { askGateway, inLanes } from '../verify.ts'
import { listPins } from './pin-lane.ts'
import type { LedgerPin, ListedPin } from './pin-ledger.ts'
import type { PinWorld } from './pin-world.ts'
import { whySecretUnreadable } from './read-secret.ts'
import { readMinima } from './truth.ts'

/** How soon all that was acknowledged has to be whole again, once everything works: what could not be brought home from its nodes is tried again after a minute. */
const WHOLE_MS = 90_000
const LANES = 4
const MOST_TOLD = 10

/** What lists say, and what the gateway serves, when all that was taken away is there again. @returns every contradiction in words */
export const verifyPins = async (of: PinWorld): Promise<string[]> => {
  const { world, pins } = of
  const problems: string[] = []
  const listed: ListedPin[] = []
  for (const [owner, key] of world.keys.entries()) {
    const where = { apiUrl: world.platform.apiUrl, key }
    const files = await eventually(async () => {
      const all = await new Session(world.platform, key).listAll()
      const short = all.find(({ pin }) => pin.status !== 'pinned')
      return { value: all, why: short === undefined ? null : `${short.name} is ${short.pin.status}` }
    })
    const [secret, open] = [files.filter(isPrivate), files.filter((file) => !isPrivate(file))]
    problems.push(...world.ledger.settle(owner, open), ...of.secrets.settle(owner, secret))
    const rows = await listPins(where)
    problems.push(...pins.settle(owner, rows))
    listed.push(...rows)
  }
  const minima = await eventually(async () => ({ value: await readMinima(of.database), why: null }))
  for (const { name, state, min, requestid = '' } of pins.pins)
    if (state === 'there' && min !== undefined && minima.get(requestid) !== min)
      problems.push(`the pin ${name} was promised ${min} copies at least, and has the minimum ${minima.get(requestid)}`)
  const { gatewayUrl } = world.platform
  await inLanes(world.ledger.in('there'), LANES, async (file) => {
    if (file.cid !== (await rootOf(file))) problems.push(`${file.name} has the CID of other bytes`)
    const { why } = await eventually(async () => {
      const { kind, detail } = await askGateway(gatewayUrl, file)
      return { value: { why: kind === 'whole' ? null : detail }, why: kind === 'whole' ? null : detail }
    })
    if (why !== null) problems.push(`${file.name} was acknowledged and ${why}`)
  })
  await inLanes(of.secrets.in('there'), LANES, async (file) => {
    const owner = { ...world.platform, key: world.keys[file.owner] ?? '' }
    const { why } = await eventually(async () => {
      const why = await whySecretUnreadable(owner, file)
      return { value: { why }, why }
    })
    if (why !== null) problems.push(`${file.name} was acknowledged in private and ${why}`)
  })
  problems.push(...(await of.borders.crossings()).slice(0, MOST_TOLD))
  problems.push(...(await of.plainTexts.exposed()).slice(0, MOST_TOLD))
  const pinned = new Set(listed.filter(({ status }) => status === 'pinned').map(({ requestid }) => requestid))
  const kept = pins.pins.filter(({ state, requestid }) => state === 'there' && pinned.has(requestid ?? ''))
  await inLanes(kept, LANES, async (pin) => {
    const { why } = await eventually(async () => {
      const why = await whyUnreadable(gatewayUrl, pin)
      return { value: { why }, why }
    })
    if (why !== null) problems.push(`the pin ${pin.name} (${pin.kind}) is told pinned and ${why}`)
  })
  return problems
}

const isPrivate = ({ visibility }: { visibility: string }): boolean => visibility === 'private'

const whyUnreadable = async (gatewayUrl: string, { wish }: LedgerPin): Promise<string | null> => {
  const answer = await fetch(`${gatewayUrl}/ipfs/${wish.cid}`)
  const served = await digestOf(answer.body).catch(() => undefined)
  if (answer.status !== 200) return `the gateway answers ${answer.status}`
  return served?.sha256 === (await sha256Of(wish)) ? null : 'it reads back with other bytes'
}

/** Asks again while there is a reason to, for as long as everything may take to be well again. */
const eventually = async <T>(ask: () => Promise<{ value: T; why: string | null }>): Promise<T> => {
  for (const end = performance.now() + WHOLE_MS; ; await sleep(200)) {
    const last = performance.now() > end
    try {
      const { value, why } = await ask()
      if (why === null || last) return value
    } catch (error) {
      if (last) throw error
    }
  }
}
