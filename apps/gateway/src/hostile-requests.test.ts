import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { base32 } from 'multiformats/bases/base32'
import { CID, type MultihashDigest } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rawRequest, requestText } from './test-support/raw-request.ts'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'

let t: TestGateway
let held: string
let large: string
const heldBody = Buffer.from('served to those who ask properly\n')

const multihash = (code: number, digest: Uint8Array): MultihashDigest => createDigest(code, digest)
const identity = (bytes: number): string => CID.createV1(0x55, multihash(0, randomBytes(bytes))).toString()
const head = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: x\r\n`
const cidOf = (codec: number, block: Uint8Array): CID =>
  CID.createV1(codec, multihash(0x12, createHash('sha256').update(block).digest()))

/** Puts a DAG of one block into the store, whatever it is. */
const putBlock = async (codec: number, block: Uint8Array): Promise<string> => {
  const contentId = randomUUIDv7()
  const upload = t.store.beginUpload({ realm: 'public', contentId })
  const cid = cidOf(codec, block)
  await upload.put(cid, block)
  await upload.commit(cid)
  return cid.toString()
}

beforeAll(async () => {
  const limits = { headersTimeoutMs: 600, stallTimeoutMs: 1000, pieceTimeoutMs: 1000, requestTimeoutMs: 1500 }
  t = await startTestGateway({ limits })
  held = (await t.upload(heldBody)).cid
  large = (await t.upload(randomBytes(24 * 1024 * 1024))).cid
})
afterAll(async () => t?.stop())

const ask = (method: string, target: string, headers: string[] = []) =>
  rawRequest(t.gateway.port, requestText(method, target, headers))

afterAll(async () => {
  // Nothing of all this has hurt the worker.
  const response = await fetch(`${t.url}/ipfs/${held}`)
  expect(Buffer.from(await response.arrayBuffer())).toEqual(heldBody)
})

describe('CIDs', () => {
  it.each<[string, string | (() => string), number, string]>([
    ['no CID', '', 400, 'invalid_path'],
    ['a word', 'hello', 400, 'invalid_cid'],
    ['a lone prefix', 'b', 400, 'invalid_cid'],
    ['a cut v0', 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPb', 400, 'invalid_cid'],
    ['v0 with a letter that base58 lacks', 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPb0l', 400, 'invalid_cid'],
    ['a v0 in a multibase', () => `z${'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG'}`, 400, 'invalid_cid'],
    ['upper case', () => held.toUpperCase(), 400, 'invalid_cid'],
    ['one letter changed to none of base32', () => `${held.slice(0, -1)}1`, 400, 'invalid_cid'],
    ['a space', () => `${held}%20`, 400, 'invalid_cid'],
    ['something behind it', () => `${held}=`, 400, 'invalid_cid'],
    ['twice', () => held + held, 400, 'invalid_cid'],
    ['301 characters', `b${'a'.repeat(300)}`, 400, 'invalid_cid'],
    [
      'a CID of version 2',
      () => base32.encode(Uint8Array.from([2, 0x55, 0x12, 32, ...randomBytes(32)])),
      400,
      'invalid_cid',
    ],
    [
      'a digest that is too short',
      () => base32.encode(Uint8Array.from([1, 0x55, 0x12, 32, ...randomBytes(31)])),
      400,
      'invalid_cid',
    ],
    [
      'a sha2-256 of 16 bytes',
      () => CID.createV1(0x55, multihash(0x12, randomBytes(16))).toString(),
      400,
      'unsupported_cid',
    ],
    ['an identity CID of 129 bytes', () => identity(129), 400, 'unsupported_cid'],
    ['a CID that is not held', () => cidOf(0x55, randomBytes(8)).toString(), 404, 'not_found'],
    ['the same bytes by another codec', () => cidOf(0x78, heldBody).toString(), 501, 'not_supported'],
    ['a key', () => CID.createV1(0x72, multihash(0x12, randomBytes(32))).toString(), 404, 'not_found'],
    ['a dot', '.', 400, 'invalid_path'],
    ['the parent', '..', 400, 'invalid_path'],
    ['an IPNS name', '../ipns/docs.ipfs.tech', 400, 'invalid_path'],
  ])('%s', async (_what, cid, status, code) => {
    const response = await ask('GET', `/ipfs/${typeof cid === 'string' ? cid : cid()}`)
    expect([response.status, response.body.split(':')[0]]).toEqual([status, `${status} ${code}`])
  })
})

describe('what is held and no file', () => {
  it.each<[string, number, Uint8Array, number]>([
    ['an empty directory', 0x70, Uint8Array.from([0x0a, 2, 8, 1]), 301],
    ['a symlink', 0x70, Uint8Array.from([0x0a, 5, 8, 4, 0x12, 1, 97]), 200],
    ['a dag-pb node without UnixFS', 0x70, Uint8Array.from([0x0a, 0]), 404],
    ['a file that claims more than it has', 0x70, Uint8Array.from([0x0a, 4, 8, 2, 0x18, 9]), 404],
  ])('%s', async (_what, codec, block, status) => {
    const cid = await putBlock(codec, block)
    const response = await ask('GET', `/ipfs/${cid}`)
    expect(response.status).toBe(status)
    expect(response.body).not.toContain('internal')
    const raw = await ask('GET', `/ipfs/${cid}?format=raw`)
    expect([raw.status, Buffer.from(raw.body, 'latin1')]).toEqual([200, Buffer.from(block)])
  })
})

describe('targets and headers', () => {
  it.each<[string, string, string[], number]>([
    ['half an escape', '/ipfs/%', [], 400],
    ['NUL', '/ipfs/a%00b', [], 400],
    ['an encoded slash', '/ipfs%2Fx', [], 400],
    ['two slashes first', '//evil.example/ipfs/x', [], 400],
    ['two slashes', '/ipfs//x', [], 400],
    ['dot-dot', '/ipfs/../../etc/passwd', [], 400],
    ['encoded dot-dot', '/%2e%2e/%2e%2e/etc/passwd', [], 400],
    ['a fragment', '/ipfs/x#y', [], 400],
    ['another place', '/etc/passwd', [], 404],
    ['an IPNS name that leads nowhere', '/ipns/docs.ipfs.tech', [], 502],
    ['an address of 9,000 bytes', `/ipfs/${'a'.repeat(9000)}`, [], 414],
    ['headers of 20 KiB', '/', [`X-Pad: ${'a'.repeat(20_000)}`], 431],
    ['two thousand headers', '/', Array.from({ length: 2000 }, (_, at) => `X-Pad-${at}: x`), 431],
    ['an unknown format', '/ipfs/HELD?format=exe', [], 400],
    ['a format that it is not', '/ipfs/HELD?format=dag-cbor', [], 406],
    ['CAR parameters that cannot be read', '/ipfs/HELD?format=car&entity-bytes=1e9:*', [], 400],
    ['an IPNS record under /ipfs', '/ipfs/HELD?format=ipns-record', [], 400],
    ['a service worker', '/ipfs/HELD', ['Service-Worker: script'], 400],
    ['a range beyond the end', '/ipfs/HELD', ['Range: bytes=999-'], 416],
    ['a thousand ranges', '/ipfs/HELD', [`Range: bytes=${Array.from({ length: 1000 }, () => '0-0').join(',')}`], 200],
    ['a Host of another site', '/ipfs/HELD', ['X-Forwarded-Host: evil.example'], 200],
    ['a websocket', '/ipfs/HELD', ['Upgrade: websocket'], 200],
    ['a second Host', '/ipfs/HELD', ['hOST: evil.example'], 400],
    ['the same Host again', '/ipfs/HELD', ['Host: gateway.test'], 400],
    ['an address of a user', 'http://someone@gateway.test/ipfs/HELD', [], 400],
    ['an expectation', '/ipfs/HELD', ['Expect: the-impossible'], 417],
  ])('%s', async (_what, target, headers, status) => {
    const response = await ask('GET', target.replace('HELD', held), headers)
    expect(response.status).toBe(status)
    expect(response.head).not.toMatch(/evil\.example|^set-cookie:|^location:/im)
    if (status >= 400 && status !== 417) expect(response.head).toMatch(/X-Content-Type-Options: nosniff/i)
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'])('answers 405 to %s', async (method) => {
    const response = await ask(method, `/ipfs/${held}`, ['Content-Length: 0'])
    expect(response.status).toBe(405)
    expect(response.head).toMatch(/^Allow: GET, HEAD, OPTIONS$/im)
  })
})

describe('messages that are none', () => {
  it.each<[string, string]>([
    ['noise', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['an unknown method', 'FOO / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
    ['a Host of two words', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
    ['a Host with a path', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
    ['a Host that is not ASCII', 'GET / HTTP/1.1\r\nHost: \xfc.example\r\n\r\n'],
    ['a space in the address', 'GET /ip fs HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a control character in a header', `${head('/')}X: a\x01b\r\n\r\n`],
    ['a space before the colon', `${head('/')}Range : bytes=0-0\r\n\r\n`],
    [
      'both lengths',
      `${head('/')}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n`,
    ],
    ['two lengths', `${head('/')}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
    ['an unknown transfer coding', `${head('/')}Transfer-Encoding: xchunked\r\n\r\n`],
    ['chunked and then something', `${head('/')}Transfer-Encoding: chunked, identity\r\n\r\n`],
    ['a folded header', `${head('/')}X: a\r\n b\r\nTransfer-Encoding:\x0bchunked\r\n\r\n`],
  ])('%s: 400 and the end', async (_what, bytes) => {
    const response = await rawRequest(t.gateway.port, Buffer.from(bytes, 'latin1'))
    expect([400, 417].includes(response.status)).toBe(true)
    expect(response.head).toMatch(/Connection: close/i)
    expect(response.all.toString('latin1').match(/HTTP\/1\.1 /g)?.length).toBe(1)
  })

  it('answers pipelined requests in order', async () => {
    const one = `GET /ipfs/${held} HTTP/1.1\r\nHost: x\r\n\r\n`
    const other = `GET /ipfs/nonsense HTTP/1.1\r\nHost: x\r\n\r\n`
    const { all } = await rawRequest(t.gateway.port, one + other + one + requestText('GET', '/health/live'))
    const statuses = [...all.toString('latin1').matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))
    expect(statuses).toEqual([200, 400, 200, 200])
  })

  it('never writes an error into a body that is on its way', async () => {
    const bytes = `GET /ipfs/${large} HTTP/1.1\r\nHost: x\r\n\r\n\x01garbage\r\n\r\n`
    const { all } = await rawRequest(t.gateway.port, Buffer.from(bytes, 'latin1'))
    expect(all.toString('latin1').match(/HTTP\/1\.1 \d/g)?.length ?? 0).toBeLessThanOrEqual(1)
    expect(all.includes('400 invalid_request')).toBe(all.subarray(0, 12).includes('400'))
  })

  it('ends the connection after a GET with a body', async () => {
    const { status, head } = await rawRequest(
      t.gateway.port,
      `GET /ipfs/${held} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello`,
    )
    expect(status).toBe(200)
    expect(head).toMatch(/Connection: close/i)
  })
})

describe('slow clients', () => {
  it('are cut while they dribble headers, and while they do not read', async () => {
    const started = performance.now()
    const dribble = rawRequest(t.gateway.port, 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ', 15_000)
    const reader = new Promise<number>((resolve) => {
      const socket = connect(t.gateway.port, '127.0.0.1', () => {
        socket.write(requestText('GET', `/ipfs/${large}`))
        socket.pause()
      })
      socket.on('error', () => {})
      // Paused sockets do not see the end; a write does.
      const probe = setInterval(() => socket.write('x'), 100)
      socket.on('close', () => {
        clearInterval(probe)
        resolve(performance.now() - started)
      })
    })
    expect([0, 408]).toContain((await dribble).status)
    expect(await reader).toBeLessThan(10_000)
  }, 20_000)

  it('leave the worker to others', async () => {
    const slow = Array.from({ length: 100 }, () => {
      const socket = connect(t.gateway.port, '127.0.0.1', () => {
        socket.write(requestText('GET', `/ipfs/${large}`))
        socket.pause()
      })
      socket.on('error', () => {})
      return socket
    })
    await sleep(100)
    const response = await fetch(`${t.url}/ipfs/${held}`)
    expect(Buffer.from(await response.arrayBuffer())).toEqual(heldBody)
    for (const socket of slow) socket.destroy()
  })
})
