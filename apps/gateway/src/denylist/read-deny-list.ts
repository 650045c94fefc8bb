import { setImmediate as nextTurn } from 'node:timers/promises'
import { base58btc } from 'multiformats/bases/base58'
import * as Digest from 'multiformats/hashes/digest'
import { HASH_SHA2_256 } from '@packages/shared/cid'
import { type DenyRule, type DenyRules, type DenyStatus, ruleKey, withoutSlashes } from './deny-rules.ts'

const MAX_HEADER_BYTES = 1024 * 1024
const MAX_LINE_BYTES = 2 * 1024 * 1024
/** What decoding base58 takes grows with the square of its length. */
const MAX_DIGEST = 200
const TURN = 4_096
const STATUS_HINT = 'gateway_status:'

/** A list that cannot be used at all. */
class UnusableDenylist extends Error {
  override readonly name = 'UnusableDenylist'
}

type Hints = { status: DenyStatus }

const statusOf = (text: string | undefined, otherwise: DenyStatus): DenyStatus =>
  text === '451' ? 451 : text === '410' ? 410 : otherwise

/** The two fields of the YAML header that matter here: the version, and the status that the whole list asks for. */
const readHeader = (header: string): Hints => {
  const version = /^version:\s*["']?([^\s"'#]+)/m.exec(header)?.[1] ?? '1'
  if (version !== '1') throw new UnusableDenylist(`its version is ${version}, and 1 is what is read here`)
  const hint = header.split('\n').find((line) => /^\s/.test(line) && line.trimStart().startsWith(STATUS_HINT))
  return { status: statusOf(hint?.trim().slice(STATUS_HINT.length).replace(/["']/g, '').trim(), 410) }
}

const split = (text: string): { header: string; body: string } => {
  const end = /^---[ \t]*\r?$/m.exec(text.slice(0, MAX_HEADER_BYTES))
  if (end === null) return { header: '', body: text }
  return { header: text.slice(0, end.index), body: text.slice(end.index + end[0].length) }
}

const HEX_DIGEST = /^[0-9a-f]{64}$/

/** Hex digest of a sha2-256; a modern rule with another hash function cannot be looked up. */
const digestOf = (text: string): string | undefined => {
  if (text.length > MAX_DIGEST) return undefined
  if (HEX_DIGEST.test(text)) return text
  try {
    const multihash = Digest.decode(base58btc.decode(`z${text}`))
    return multihash.code === HASH_SHA2_256 ? Buffer.from(multihash.digest).toString('hex') : undefined
  } catch {
    return undefined
  }
}

/** One line; `undefined` for what is no rule. */
const readRule = (line: string, hints: Hints): DenyRule | undefined => {
  const [item = '', ...own] = line.trim().split(/\s+/)
  const given = own.find((hint) => hint.startsWith(STATUS_HINT))?.slice(STATUS_HINT.length)
  const allows = item.startsWith('!')
  const status = allows ? null : statusOf(given, hints.status)
  const rule = allows ? item.slice(1) : item
  if (rule.startsWith('//')) {
    const digest = digestOf(rule.slice(2))
    return digest === undefined ? undefined : { kind: 'hash', digest, status }
  }
  const [, namespace, root = '', written = ''] = /^\/(ipfs|ipns)\/([^/]+)(\/.*)?$/.exec(rule) ?? []
  if (namespace !== 'ipfs' && namespace !== 'ipns') return undefined
  const key = ruleKey(namespace, root)
  const path = decoded(withoutSlashes(written.endsWith('*') ? written.slice(0, -1) : written))
  if (key === undefined || path === undefined) return undefined
  return { kind: 'path', key, path, isPrefix: written.endsWith('*'), status }
}

const decoded = (path: string): string | undefined => {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

/**
 * Adds the rules of one list, in turns of the event loop. @returns the numbers of the first lines that are no rules
 * @throws UnusableDenylist
 */
export const readDenyList = async (text: string, rules: DenyRules): Promise<{ bad: number; firstBad: number[] }> => {
  const { header, body } = split(text)
  const hints = readHeader(header)
  const before = header === '' ? 0 : header.split('\n').length - 1
  const problems = { bad: 0, firstBad: [] as number[] }
  let number = before
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf('\n', at)
    const stop = end === -1 ? body.length : end
    if (stop - at > MAX_LINE_BYTES) throw new UnusableDenylist(`line ${number + 1} is longer than 2 MiB`)
    const line = body.slice(at, stop).trim()
    at = stop + 1
    number++
    if (number % TURN === 0) await nextTurn()
    if (line === '' || line.startsWith('#')) continue
    const rule = readRule(line, hints)
    if (rule !== undefined) rules.add(rule)
    else if (++problems.bad <= 5) problems.firstBad.push(number)
  }
  return problems
}
