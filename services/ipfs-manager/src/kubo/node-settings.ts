import type { PinNetwork } from '../pin-backend.ts'
import { ANSWERS, readAnswer } from './kubo-answers.ts'
import { QUICK_MS } from './kubo-client.ts'
import { KuboError } from './kubo-error.ts'
import type { KuboRpc } from './kubo-rpc.ts'
import { recommendedSettings } from './recommended-settings.ts'

/** What a node may not be used with, and what an operator should know of it. */
export type SettingsFindings = { problems: readonly string[]; warnings: readonly string[] }

/** Before this one names of pins are not told by `pin/ls?arg=` (kubo#10970). */
const OLDEST = recommendedSettings.version.oldest
/** What a private node may not have otherwise than recommended: it would ask or tell strangers. */
const PRIVATE = [
  [['Bootstrap'], 'A private node has no bootstrap peers'],
  [['Routing', 'Type'], 'A private node asks nobody for routes'],
  [['Provide', 'Enabled'], 'A private node announces nothing'],
] as const

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
  const at = (...path: readonly string[]): unknown => valueAt(config, path)
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldMajor = 0, oldMinor = 0] = OLDEST.split('.').map(Number)
  if (major < oldMajor || (major === oldMajor && minor < oldMinor))
    problems.push(`Kubo ${version} is too old: ${OLDEST} or newer is needed.`)
  if (isOpen) problems.push('Its RPC answers without credentials: set API.Authorizations.')
  if (isUnsynced(at('Datastore', 'Spec')))
    problems.push('It does not sync blocks to the disk: set "sync": true at flatfs in Datastore.Spec.')
  if (at('Datastore', 'HashOnRead') !== recommendedSettings.all.Datastore.HashOnRead)
    warnings.push('It does not hash what it reads: set Datastore.HashOnRead to true.')
  if (network === 'private') {
    for (const [path, why] of PRIVATE) {
      const right = valueAt(recommendedSettings.private, path)
      if (!isSame(at(...path), right)) problems.push(`${why}: set ${path.join('.')} to ${JSON.stringify(right)}.`)
    }
  } else if (at('Provide', 'Enabled') === false || at('Routing', 'Type') === 'none')
    warnings.push('Nothing that it holds is announced: see Provide.Enabled and Routing.Type.')
  else warnings.push(...provideWarnings(at('Provide', 'Strategy'), at('Provide', 'DHT')))
  return { problems, warnings }
}

const STRATEGY = recommendedSettings.public.Provide.Strategy

/** Roots are what users look for; all blocks are a thousand times as many records, and records of the DHT are kept for 48 hours. */
const provideWarnings = (strategy: unknown, dht: unknown): string[] => {
  const warnings: string[] = []
  const { Interval: interval, SweepEnabled: sweeps } = (dht ?? {}) as { Interval?: unknown; SweepEnabled?: unknown }
  const parts = typeof strategy === 'string' ? strategy.split('+') : []
  if (!parts.includes('roots') && !parts.includes('pinned'))
    warnings.push(
      parts.includes('mfs')
        ? `What is pinned on it is not announced: set Provide.Strategy to "${STRATEGY}".`
        : `It announces every block: set Provide.Strategy to "${STRATEGY}".`,
    )
  if (interval === '0' || interval === '0s')
    warnings.push('What it announced is forgotten after two days: see Provide.DHT.Interval.')
  if (sweeps === false) warnings.push('It announces one by one and tells no figures: see Provide.DHT.SweepEnabled.')
  return warnings
}

const valueAt = (settings: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], settings)

/** A list that is not there is an empty one. */
const isSame = (value: unknown, right: unknown): boolean =>
  value === right || (Array.isArray(right) && (value == null || (Array.isArray(value) && `${value}` === `${right}`)))

/** A mount of flatfs, however deep in the specification, that says `sync: false`. Other datastores sync by themselves. */
const isUnsynced = (spec: unknown): boolean => {
  if (typeof spec !== 'object' || spec === null) return false
  if (Array.isArray(spec)) return spec.some(isUnsynced)
  if ('type' in spec && spec.type === 'flatfs' && (!('sync' in spec) || spec.sync !== true)) return true
  return Object.values(spec).some(isUnsynced)
}
