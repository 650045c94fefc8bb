import * as dagCbor from '@ipld/dag-cbor'
import * as dagJson from '@ipld/dag-json'
import * as fc from 'fast-check'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, test } from 'vitest'
import { DAG_LIMITS } from '../dag/dag-limits.ts'
import { keyToCid } from './block-key.ts'
import { blockLinks, linkedCids } from './block-links.ts'
import { encodeBlockList, LIST_CODEC } from './block-list.ts'
import { nodeBlock, textBlock } from './test-dags.ts'

const CBOR = 0x71
const JSON_CODEC = 0x0129
const [a, b, c] = [textBlock('a').cid, textBlock('b').cid, nodeBlock([textBlock('c').cid]).cid]
const v0 = CID.createV0(Digest.create(0x12, c.multihash.digest))
const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex')
const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const names = (cids: Iterable<CID>): string[] => [...cids].map(String)
const keys = (codec: number, bytes: Uint8Array, realm = 'public'): string[] =>
  names(blockLinks(codec, bytes, realm).map(keyToCid))

const nestedCbor = (depth: number): Uint8Array => Buffer.concat([Buffer.alloc(depth, 0x81), Uint8Array.of(1)])
const nestedJson = (depth: number): Uint8Array => text('['.repeat(depth) + ']'.repeat(depth))
const jsonNames = (json: string): string[] => names(linkedCids(JSON_CODEC, text(json)))

const linkHex = Buffer.from(a.bytes).toString('hex')
const cborLink = `d82a 5825 00${linkHex}`

describe('DAG-CBOR', () => {
  test('finds links wherever they stand, as the reference decoder does', () => {
    const value = { list: [a, { deep: [b, [[c]]] }], text: 'x', again: a, v0, bytes: new Uint8Array(300), n: -7.5 }
    const found = linkedCids(CBOR, dagCbor.encode(value))
    expect(names(found).sort()).toEqual(names([a, b, c, a, v0]).sort())
  })

  test('passes what Kubo passes: long lengths, unsorted keys, indefinite lengths, small floats, undefined', () => {
    for (const bytes of [
      `9b0000000000000001 ${cborLink}`,
      `a2 6162 ${cborLink} 6161 01`,
      `9f ${cborLink} ff`,
      `bf 6161 ${cborLink} ff`,
      `83 f93c00 f7 ${cborLink}`,
      `82 7f 6161 6162 ff ${cborLink}`,
      `82 5f 4101 4102 ff ${cborLink}`,
      `82 bf ff ${cborLink}`,
      `a1 7f 6161 ff ${cborLink}`,
    ])
      expect(names(linkedCids(CBOR, hex(bytes))), bytes).toEqual([String(a)])
  })

  test.each([
    ['nothing', ''],
    ['bytes behind the value', '01 01'],
    ['another tag', 'c1 01'],
    ['a link that is text', 'd82a 6161'],
    ['a link without its prefix', `d82a 5824 ${linkHex}`],
    ['a link in pieces', `d82a 5f 5825 00${linkHex} ff`],
    ['a link that is cut off', `d82a 5825 00${linkHex.slice(2)}`],
    ['an empty link', 'd82a 40'],
    ['a link with bytes behind the CID', `d82a 5826 00${linkHex}00`],
    ['a key that is a number', 'a1 01 01'],
    ['a key that is a list', 'a1 80 01'],
    ['a list that claims 2^64 - 1 entries', '9bffffffffffffffff 01'],
    ['a string that claims 2^64 - 1 bytes', '5bffffffffffffffff 01'],
    ['an end where none may be', 'ff'],
    ['an end of a list of known length', '81 ff'],
    ['a map that ends behind a key', 'bf 6161 ff'],
    ['a list without its end', '9f 01'],
    ['a reserved length', '1c'],
    ['an unknown simple value', 'f8ff'],
    ['a string in wrong pieces', '7f 4161 ff'],
  ])('refuses %s', (_, bytes) => {
    expect(() => linkedCids(CBOR, hex(bytes))).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })

  test('nesting is bounded, and what is nested two million deep costs little', () => {
    expect(linkedCids(CBOR, nestedCbor(DAG_LIMITS.maxCborDepth))).toEqual([])
    const started = performance.now()
    for (const bytes of [nestedCbor(DAG_LIMITS.maxCborDepth + 1), nestedCbor(2_000_000), Buffer.alloc(2_000_000, 0x9f)])
      expect(() => linkedCids(CBOR, bytes)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
    expect(performance.now() - started).toBeLessThan(200)
  })

  test('a value that the reference encoder wrote has the links that the reference decoder finds', () => {
    const leaf = fc.oneof(fc.constantFrom(a, b, v0), fc.integer(), fc.string(), fc.uint8Array(), fc.constant(null))
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'medium' },
        leaf,
        fc.array(tie('any')),
        fc.dictionary(
          fc.string().filter((key) => key !== '/' && key !== '__proto__'),
          tie('any'),
          { noNullPrototype: true },
        ),
      ),
    })).any
    const walk = (node: unknown): string[] => {
      const cid = CID.asCID(node)
      if (cid !== null) return [String(cid)]
      if (node instanceof Uint8Array || typeof node !== 'object' || node === null) return []
      return Object.values(node).flatMap(walk)
    }
    fc.assert(
      fc.property(value, (node) => {
        const bytes = dagCbor.encode(node)
        expect(names(linkedCids(CBOR, bytes)).sort()).toEqual(walk(node).sort())
        const json = dagJson.encode(node)
        expect(names(linkedCids(JSON_CODEC, json)).sort()).toEqual(walk(node).sort())
      }),
      { numRuns: 300 },
    )
  })

  test('whatever the bytes are, it ends with links or a refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          linkedCids(CBOR, bytes)
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_request' })
        }
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('DAG-JSON', () => {
  test('a map of one key "/" with text is a link, however the key is spelled; other maps are maps', () => {
    expect(jsonNames(`{"/":"${a}"}`)).toEqual([String(a)])
    expect(jsonNames(` [ {"x": {"\\u002f" : "${a}"}}, {"/":"${v0}"} ] `)).toEqual([String(a), String(v0)])
    expect(jsonNames(`{"/":"${a}","more":1}`)).toEqual([])
    expect(jsonNames(`{"/":{"bytes":"AQID"}}`)).toEqual([])
    expect(jsonNames(`{"/":[{"/":"${b}"}]}`)).toEqual([String(b)])
    expect(jsonNames(`{"__proto__":{"/":"${b}"}}`)).toEqual([String(b)])
    expect(jsonNames('"[[[["')).toEqual([])
  })

  test.each(['', '{', '{"/":"not a cid"}', '[1,]', "{'a':1}", '[1] [2]', '\uFEFF1', 'NaN'])('refuses %s', (json) => {
    expect(() => linkedCids(JSON_CODEC, text(json))).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })

  test('refuses bytes that are no UTF-8', () => {
    expect(() => linkedCids(JSON_CODEC, hex('22 ff 22'))).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })

  test('nesting is bounded before anything is parsed; brackets in strings do not count', () => {
    expect(linkedCids(JSON_CODEC, nestedJson(DAG_LIMITS.maxCborDepth))).toEqual([])
    expect(linkedCids(JSON_CODEC, text(JSON.stringify(`\\"${'['.repeat(5_000)}`)))).toEqual([])
    for (const bytes of [nestedJson(DAG_LIMITS.maxCborDepth + 1), nestedJson(1_000_000), text('{"a":'.repeat(300_000))])
      expect(() => linkedCids(JSON_CODEC, bytes)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })
})

test('plain JSON, plain CBOR and libp2p keys hold no links, whatever is in them', () => {
  for (const codec of [0x0200, 0x51, 0x72, 0x55]) expect(blockLinks(codec, text('{"/":'), 'public')).toEqual([])
})

test('codecs that are not known cannot be stored, in flat realms neither', () => {
  for (const realm of ['public', 'incomplete'])
    expect(() => blockLinks(0x78, text('x'), realm)).toThrow(expect.objectContaining({ code: 'unsupported_cid' }))
})

test('digests and identity CIDs over 128 bytes are refused as links', () => {
  const long = [0x00, 0x13].map((code) => CID.createV1(0x55, Digest.create(code, new Uint8Array(129))))
  for (const cid of long)
    expect(() => blockLinks(CBOR, dagCbor.encode([cid]), 'public')).toThrow(
      expect.objectContaining({ code: 'unsupported_cid' }),
    )
})

test('an identity CID counts as what it links to', () => {
  const inner = dagCbor.encode([a, b])
  const identity = CID.createV1(CBOR, Digest.create(0, inner))
  expect(keys(CBOR, dagCbor.encode([identity, b])).sort()).toEqual(names([a, b]).sort())
})

test('a flat realm follows no links but those of a list', async () => {
  const node = nodeBlock([a, b])
  expect(keys(0x70, node.bytes)).toEqual(names([a, b]))
  expect(keys(0x70, node.bytes, 'incomplete')).toEqual([])
  expect(keys(0x70, text('not dag-pb'), 'cache')).toEqual([])
  const { blocks } = await encodeBlockList([a, c, a])
  for (const realm of ['public', 'incomplete', 'cache'])
    expect(keys(LIST_CODEC, blocks[0]?.bytes ?? text(''), realm)).toEqual(names([a, c]))
})

test('nobody links to a list from outside', async () => {
  const { root } = await encodeBlockList([a])
  const wrapped = CID.createV1(CBOR, Digest.create(0, dagCbor.encode([root])))
  for (const link of [root, wrapped])
    expect(() => blockLinks(CBOR, dagCbor.encode([link]), 'public')).toThrow(
      expect.objectContaining({ code: 'unsupported_cid' }),
    )
})
