import { type BadInputRow, bearer } from './row.ts'

/** Lower-case base32 without padding (RFC 4648), which multibase marks with `b`. */
const base32 = (bytes: readonly number[]): string => {
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  const groups = bits.match(/.{1,5}/g) ?? []
  return `b${groups.map((group) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(group.padEnd(5, '0'), 2)]).join('')}`
}
const base16 = (bytes: readonly number[]): string => `f${Buffer.from(bytes).toString('hex')}`
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0)

const V0 = 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG'
const V1 = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'

const INVALID: readonly (readonly [name: string, hash: string])[] = [
  ['words', 'not-a-cid'],
  ['a v0 CID one character short', V0.slice(0, -1)],
  ['a v0 CID one character long', `${V0}A`],
  ['a v0 CID with a character that base58 leaves out', `${V0.slice(0, -1)}0`],
  ['a v0 CID behind a multibase prefix', `z${V0}`],
  ['a v0 CID in lower case', V0.toLowerCase()],
  ['a v1 CID that is cut off', V1.slice(0, -8)],
  ['a v1 CID with more behind its digest', `${V1}aaaa`],
  ['a v1 CID with a digit that base32 leaves out', V1.replace('b', 'b1')],
  ['a v1 CID with padding', `${V1}=`],
  ['a v1 CID with a new line behind it', `${V1}%0A`],
  ['a v1 CID with white space in it', `${V1.slice(0, 20)}%20${V1.slice(20)}`],
  ['a multibase prefix that nobody knows', `!${V1.slice(1)}`],
  ['a multibase prefix alone', 'b'],
  ['an emoji base', encodeURIComponent('🚀🪐☄🛰🌌')],
  ['a look-alike of the prefix', `${encodeURIComponent('ｂ')}${V1.slice(1)}`],
  ['base16 with an odd number of digits', `${base16([1, 0x55, 0x12, 0x20, ...zeros(32)])}0`],
  ['base16 with a letter past f', base16([1, 0x55, 0x12, 0x20, ...zeros(32)]).replace(/0$/, 'g')],
  ['CID version 2', base32([2, 0x55, 0x12, 0x20, ...zeros(32)])],
  ['a digest shorter than its length says', base32([1, 0x55, 0x12, 0x20, ...zeros(31)])],
  ['a number that never ends', base32([1, 0x55, 0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])],
  ['more than 300 characters', base16([1, 0x55, 0x00, 0xc8, 0x01, ...zeros(200)])],
  ['an id of a row with a letter past f', '0198f0f0-0000-7000-8000-00000000abcg'],
]

const UNSUPPORTED: readonly (readonly [name: string, hash: string])[] = [
  ['a SHA-256 digest of 20 bytes', base32([1, 0x55, 0x12, 20, ...zeros(20)])],
  ['an identity CID that holds 129 bytes', base32([1, 0x55, 0x00, 0x81, 0x01, ...zeros(129)])],
]

const rows =
  (code: string) =>
  ([name, hash]: readonly [string, string]): BadInputRow[] => [
    {
      name: `GET a file by ${name}`,
      to: 'api',
      request: ({ key }) => ({ target: `/api/v1/files/${hash}`, headers: [bearer(key)] }),
      status: 400,
      code,
    },
    {
      name: `POST a pin of ${name}`,
      to: 'api',
      request: ({ key }) => ({ method: 'POST', target: `/api/v1/pins/${hash}`, headers: [bearer(key)] }),
      status: 400,
      code,
    },
  ]

/** Texts that look like CIDs, at the API. */
export const malformedCids: readonly BadInputRow[] = [
  ...INVALID.flatMap(rows('invalid_cid')),
  ...UNSUPPORTED.flatMap(rows('unsupported_cid')),
]
