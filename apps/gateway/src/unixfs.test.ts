import { CID } from 'multiformats/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FixtureServer, serveFixtures } from './test-support/serve-fixtures.ts'

const v0 = (hex: string): string => CID.decode(Buffer.from(hex, 'hex')).toString()
const SYMLINK = v0('12207f8bc27d096a67a69d6690f3a1c5e2ac7743ec7d85d6cfc5020b2c3945e79949')
const MISSING = v0('122099fd9f8119c50b421e8e87d7047f6bb7cc4d4d5cfecea65813fb4bfef5049b79')
const FILES = 'bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy'
const PERCENT = 'bafybeig675grnxcmshiuzdaz2xalm6ef4thxxds6o6ypakpghm5kghpc34'
const HAMT = 'bafybeidbclfqleg2uojchspzd4bob56dqetqjsj27gy2cq3klkkgxtpn4i'

let server: FixtureServer
beforeAll(async () => {
  server = await serveFixtures()
})
afterAll(() => server.stop())

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.url}${path}`, { headers, redirect: 'manual' })

/** The bytes of the body, or the status of a refusal. */
const read = async (path: string): Promise<number> => {
  const response = await get(path)
  return response.status === 200 ? (await response.arrayBuffer()).byteLength : response.status
}

describe('UnixFS (path gateway specification)', () => {
  it('a symlink is the text that it points to', async () => {
    expect(await (await get(`/ipfs/${SYMLINK}/bar`)).text()).toBe('foo')
  })

  it('a range needs only the blocks that it lies in, before and behind one that is missing', async () => {
    for (const [start, end] of [
      [997, 1000],
      [2200, 2201],
    ] as const) {
      const part = await get(`/ipfs/${MISSING}`, { Range: `bytes=${start}-${end}` })
      expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes ${start}-${end}/3072`])
      expect((await part.arrayBuffer()).byteLength).toBe(end - start + 1)
    }
  })

  it('a file that lacks a block never looks whole', async () => {
    await expect(read(`/ipfs/${MISSING}`).catch(() => 'cut')).resolves.toSatisfy(
      (found) => found === 404 || found === 'cut',
    )
  })

  it('of several ranges the first is sent', async () => {
    const part = await get(`/ipfs/${FILES}/ascii.txt`, { Range: 'bytes=6-16,0-4' })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 6-16/31'])
    expect((await part.arrayBuffer()).byteLength).toBe(11)
  })

  it('a name with percent signs, plus and unicode is found by its encoding', async () => {
    const file = await get(`/ipfs/${PERCENT}/Portugal%252C+Espa%C3%B1a=Peninsula%20Ib%C3%A9rica.txt`)
    expect(file.status).toBe(200)
  })

  it('a file in a sharded directory is served by its path', async () => {
    const file = await get(`/ipfs/${HAMT}/1.txt`)
    expect([file.status, file.headers.get('x-ipfs-roots')?.split(',').length]).toEqual([200, 2])
  })
})
