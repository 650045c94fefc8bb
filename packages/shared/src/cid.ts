import { base32 } from 'multiformats/bases/base32'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { base64url } from 'multiformats/bases/base64'
import { base16 } from 'multiformats/bases/base16'
import { CID } from 'multiformats/cid'
import { base32Text } from './base32-text.ts'
import { readCommonCid } from './common-cid.ts'
import { HoldfastError } from './holdfast-error.ts'

export const CODEC_RAW = 0x55
export const CODEC_DAG_PB = 0x70
export const CODEC_DAG_CBOR = 0x71
export const CODEC_DAG_JSON = 0x0129
export const CODEC_JSON = 0x0200
export const CODEC_CBOR = 0x51
export const CODEC_LIBP2P_KEY = 0x72
export const HASH_IDENTITY = 0x00
export const HASH_SHA2_256 = 0x12

/** IPIP-512: longer identity CIDs are refused. */
export const MAX_IDENTITY_DIGEST_BYTES = 128
/** No hash that anybody uses has a longer one; boxo's verifcid says the same. */
const MAX_DIGEST_BYTES = 128
/** A CID's text is never longer than an identity CID of 128 bytes in base16. */
const MAX_CID_TEXT = 300

/** Letters of the bases above. The decoders pass over padding, which would give one CID many spellings. */
const BASE_TEXT = /^[0-9A-Za-z_-]+$/

const DECODER = base32.decoder.or(base58btc.decoder).or(base36.decoder).or(base64url.decoder).or(base16.decoder)

/**
 * Reads a CID from text: v0, or v1 in base32, base36, base58btc, base64url or base16.
 * @throws HoldfastError `invalid_cid` for what is no CID, `unsupported_cid` for digests over 128 bytes and
 *   digests whose length does not fit their hash.
 */
export const parseCid = (text: string): CID => {
  const common = readCommonCid(text)
  if (common === undefined) return parseAnyCid(text)
  lastWritten = { cid: common, text }
  return common
}

const parseAnyCid = (text: string): CID => {
  if (text.length === 0 || text.length > MAX_CID_TEXT)
    throw new HoldfastError('invalid_cid', { detail: 'A CID has 1 to 300 characters.' })
  if (!BASE_TEXT.test(text)) throw new HoldfastError('invalid_cid')
  let cid: CID
  try {
    cid = text.startsWith('Qm') && text.length === 46 ? CID.parse(text) : CID.parse(text, DECODER)
  } catch (cause) {
    throw new HoldfastError('invalid_cid', { cause })
  }
  const { code, digest } = cid.multihash
  if (code === HASH_IDENTITY && digest.length > MAX_IDENTITY_DIGEST_BYTES)
    throw new HoldfastError('unsupported_cid', { detail: 'An identity CID may hold 128 bytes at most.' })
  if (digest.length > MAX_DIGEST_BYTES)
    throw new HoldfastError('unsupported_cid', { detail: 'A digest may have 128 bytes at most.' })
  if (code === HASH_SHA2_256 && digest.length !== 32)
    throw new HoldfastError('unsupported_cid', { detail: 'A sha2-256 digest has 32 bytes.' })
  return cid
}

/** A request needs the text of the same CID several times, and has mostly come with it. */
let lastWritten: { cid: CID; text: string } | undefined

/** The form that rows and indexes are compared by: v1 in base32, so that v0 and v1 of one DAG are equal. */
export const canonicalCid = (cid: CID): string => {
  if (lastWritten?.cid !== cid)
    lastWritten = { cid, text: `b${base32Text((cid.version === 1 ? cid : cid.toV1()).bytes)}` }
  return lastWritten.text
}

/** As a CID is written by itself: v0 in base58, v1 in base32. */
export const cidText = (cid: CID): string => (cid.version === 1 ? canonicalCid(cid) : cid.toString())
