import type { PinNetwork } from '../pin-backend.ts'
import { ANSWERS, readAnswer } from './kubo-answers.ts'
import { QUICK_MS } from './kubo-client.ts'
import { KuboError } from './kubo-error.ts'
import type { KuboRpc } from './kubo-rpc.ts'

/** What a node may not be used with, and what an operator should know of it. */
export type SettingsFindings = { problems: readonly string[]; warnings: readonly string[] }

/** Tried with 0.43.1; before this one names of pins are not told by `pin/ls?arg=` (kubo#10970). */
const OLDEST = [0, 38] as const

/** Asks a node for its version and settings, and as a stranger for what everybody is told. @throws KuboError; the signal's reason */
export const askSettings = async (
  rpc: KuboRpc,
  { network, hasToken, signal }: { network: PinNetwork; hasToken: boolean; signal: AbortSignal },
): Promise<SettingsFindings> => {
  const call = { timeoutMs: QUICK_MS, signal }
  const { Version: version } = readAnswer(ANSWERS.version, await rpc.json('version', call))
  const config = await rpc.json('config/show', call)
  const isOpen = hasToken && (await answersStrangers(rpc, call))
  return checkSettings({ version, config, network, isOpen })
}

const answersStrangers = async (rpc: KuboRpc, call: { timeoutMs: number; signal: AbortSignal }): Promise<boolean> => {
  const stranger = rpc.asStranger()
  try {
    await stranger.json('version', call)
    return true
  } catch (error) {
    if (error instanceof KuboError && error.kind === 'denied') return false
    throw error
  } finally {
    stranger.stop()
  }
}

export type NodeFacts = { version: string; config: unknown; network: PinNetwork; isOpen: boolean }

/** Pure. Sentences for an operator, each with what to set. */
export const checkSettings = ({ version, config, network, isOpen }: NodeFacts): SettingsFindings => {
  const problems: string[] = []
  const warnings: string[] = []
  const at = (...path: string[]): unknown =>
    path.reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], config)
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    problems.push(`Kubo ${version} is too old: ${OLDEST.join('.')} or newer is needed.`)
  if (isOpen) problems.push('Its RPC answers without credentials: set API.Authorizations.')
  if (isUnsynced(at('Datastore', 'Spec')))
    problems.push('It does not sync blocks to the disk: set "sync": true at flatfs in Datastore.Spec.')
  if (at('Datastore', 'HashOnRead') !== true)
    warnings.push('It does not hash what it reads: set Datastore.HashOnRead to true.')
  const provides = at('Provide', 'Enabled') !== false
  const routing = at('Routing', 'Type')
  if (network === 'private') {
    if (asList(at('Bootstrap')).length > 0) problems.push('A private node has no bootstrap peers: empty Bootstrap.')
    if (routing !== 'none') problems.push('A private node asks nobody for routes: set Routing.Type to "none".')
    if (provides) problems.push('A private node announces nothing: set Provide.Enabled to false.')
  } else {
    if (!provides || routing === 'none')
      warnings.push('Nothing that it holds is announced: see Provide.Enabled and Routing.Type.')
    else warnings.push(...provideWarnings(at('Provide', 'Strategy'), at('Provide', 'DHT')))
  }
  return { problems, warnings }
}

/** Roots are what users look for; all blocks are a thousand times as many records, and records of the DHT are kept for 48 hours. */
const provideWarnings = (strategy: unknown, dht: unknown): string[] => {
  const warnings: string[] = []
  const { Interval: interval, SweepEnabled: sweeps } = (dht ?? {}) as { Interval?: unknown; SweepEnabled?: unknown }
  const parts = typeof strategy === 'string' ? strategy.split('+') : []
  if (!parts.includes('roots') && !parts.includes('pinned'))
    warnings.push(
      parts.includes('mfs')
        ? 'What is pinned on it is not announced: set Provide.Strategy to "roots".'
        : 'It announces every block: set Provide.Strategy to "roots".',
    )
  if (interval === '0' || interval === '0s')
    warnings.push('What it announced is forgotten after two days: see Provide.DHT.Interval.')
  if (sweeps === false) warnings.push('It announces one by one and tells no figures: see Provide.DHT.SweepEnabled.')
  return warnings
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** A mount of flatfs, however deep in the specification, that says `sync: false`. Other datastores sync by themselves. */
const isUnsynced = (spec: unknown): boolean => {
  if (typeof spec !== 'object' || spec === null) return false
  if (Array.isArray(spec)) return spec.some(isUnsynced)
  if ('type' in spec && spec.type === 'flatfs' && (!('sync' in spec) || spec.sync !== true)) return true
  return Object.values(spec).some(isUnsynced)
}
