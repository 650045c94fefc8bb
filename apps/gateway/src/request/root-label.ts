import { CODEC_DAG_PB, CODEC_LIBP2P_KEY, parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { base32 } from 'multiformats/bases/base32'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { isDomain } from './site.ts'

/** What of a path an error repeats. */
const SHOWN = /^[A-Za-z0-9]{1,128}$/
/** RFC 2181, 11. */
const MAX_LABEL = 63
const PEER_ID = /^(?:1|Qm)[1-9A-HJ-NP-Za-km-z]{10,120}$/

const tooLong = (what: string): HoldfastError =>
  new HoldfastError('invalid_path', { detail: `${what} incompatible with DNS label length limit of ${MAX_LABEL}` })

/**
 * A CID as a label: v1 in base32, or in base36 where base32 is too long (subdomain gateway specification, "DNS label limits").
 * @throws HoldfastError `invalid_path` when it does not fit
 */
export const labelOfCid = (cid: CID): string => {
  const v1 = cid.toV1()
  if (v1.code === CODEC_LIBP2P_KEY) return labelOfKey(v1)
  const text = v1.toString(base32)
  const label = text.length <= MAX_LABEL ? text : v1.toString(base36)
  if (label.length > MAX_LABEL) throw tooLong('CID')
  return label
}

/** An IPNS name as a label: base36, so that the longest common one fits. @throws as `labelOfCid` */
const labelOfKey = (key: CID): string => {
  const label = key.toString(base36)
  if (label.length > MAX_LABEL) throw tooLong('CID')
  return label
}

/**
 * The IPNS name (CIDv1, libp2p-key, base36) that this text stands for: a PeerID in base58, or a CID of the key in any base; the
 * codec dag-pb is taken for libp2p-key, as old clients wrote it. `undefined` for what is none (IPNS record specification,
 * "String Representation").
 */
export const keyNameOf = (text: string): string | undefined => {
  const cid = keyCidOf(text)
  return cid === undefined ? undefined : CID.createV1(CODEC_LIBP2P_KEY, cid.multihash).toString(base36)
}

const keyCidOf = (text: string): CID | undefined => {
  try {
    if (PEER_ID.test(text)) return CID.createV1(CODEC_LIBP2P_KEY, Digest.decode(base58btc.decode(`z${text}`)))
    const cid = parseCid(text)
    return cid.code === CODEC_LIBP2P_KEY || cid.code === CODEC_DAG_PB ? cid : undefined
  } catch {
    return undefined
  }
}

/** @throws HoldfastError `invalid_path` when the name makes a longer label than DNS has */
export const inlineDomain = (name: string): string => {
  const label = name.replaceAll('-', '--').replaceAll('.', '-')
  if (label.length > MAX_LABEL) throw tooLong('DNSLink name')
  return label
}

/** The domain that a label was made from: a standalone `-` was a dot, `--` was `-`. A name with dots is itself. */
export const domainOfLabel = (label: string): string =>
  label.includes('.') ? label : label.replace(/--|-/g, (dashes) => (dashes === '--' ? '-' : '.'))

const unreadable = (namespace: string, root: string): HoldfastError =>
  new HoldfastError('invalid_path', {
    detail: SHOWN.test(root) ? `invalid path "/${namespace}/${root}"` : `There is no valid root behind /${namespace}.`,
  })

/** Letters of a host have no case: what is no CID as it was written may be one in small letters. */
const readCid = (text: string): CID | undefined => {
  for (const spelling of [text, text.toLowerCase()])
    try {
      return parseCid(spelling)
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'unsupported_cid') throw error
    }
  return undefined
}

/**
 * What a label in front of `.ipfs.` or `.ipns.` stands for, and the label that all should write for it.
 * @throws HoldfastError `invalid_path`, `unsupported_cid`
 */
export const readLabel = (namespace: 'ipfs' | 'ipns', label: string): { root: string; canonical: string } => {
  const key = namespace === 'ipns' ? (keyNameOf(label) ?? keyNameOf(label.toLowerCase())) : undefined
  if (key !== undefined) {
    const canonical = labelOfCid(parseCid(key))
    return { root: canonical, canonical }
  }
  if (namespace === 'ipfs') {
    const cid = readCid(label)
    if (cid === undefined) throw unreadable(namespace, label)
    const canonical = labelOfCid(cid)
    return { root: canonical, canonical }
  }
  const domain = domainOfLabel(label.toLowerCase())
  if (!isDomain(domain)) throw unreadable(namespace, label)
  return { root: domain, canonical: label }
}

/**
 * The label under which the root of a path stands in a host.
 * @throws HoldfastError `invalid_path`, `unsupported_cid`
 */
export const labelOfRoot = (namespace: 'ipfs' | 'ipns', root: string): string => {
  if (namespace === 'ipfs') {
    const cid = readCid(root)
    if (cid === undefined) throw unreadable(namespace, root)
    return labelOfCid(cid)
  }
  const key = keyNameOf(root)
  if (key !== undefined) return labelOfCid(parseCid(key))
  const domain = root.toLowerCase()
  if (!isDomain(domain)) throw unreadable(namespace, root)
  return inlineDomain(domain)
}
