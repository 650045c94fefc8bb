import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CID } from 'multiformats/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FixtureServer, serveFixtures } from './test-support/serve-fixtures.ts'

const TREE = 'bafybeig6ka5mlwkl4subqhaiatalkcleo4jgnr3hqwvpmsqfca27cijp3i'
const INSIDE = 'bafybeibfevfxlvxp5vxobr5oapczpf7resxnleb7tkqmdorc4gl5cdva3y'
const OUTSIDE = 'bafybeicaj7kvxpcv4neaqzwhrqqmdstu4dhrwfpknrgebq6nzcecfucvyu'
const HAMT = 'bafybeidbclfqleg2uojchspzd4bob56dqetqjsj27gy2cq3klkkgxtpn4i'
const LINKS = CID.decode(
  Buffer.from('12207f8bc27d096a67a69d6690f3a1c5e2ac7743ec7d85d6cfc5020b2c3945e79949', 'hex'),
).toString()
const UTF8_FILE = '/%C4%85/%C4%99/file-%C5%BA%C5%82.txt'

let server: FixtureServer
let folder: string
beforeAll(async () => {
  server = await serveFixtures()
  folder = mkdtempSync(join(tmpdir(), 'holdfast-tar-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await server.stop()
})

const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(`${server.url}${path}`, { headers, method, redirect: 'manual' })

/** What the system's own tar makes of it. */
const unpack = async (path: string): Promise<string> => {
  const response = await get(path)
  expect(response.status).toBe(200)
  const into = mkdtempSync(join(folder, 'x-'))
  writeFileSync(join(into, 'a.tar'), Buffer.from(await response.arrayBuffer()))
  execFileSync('tar', ['-xf', 'a.tar'], { cwd: into, env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  return into
}
const names = async (path: string): Promise<string[]> => {
  const into = await unpack(path)
  return execFileSync('tar', ['-tf', join(into, 'a.tar')])
    .toString()
    .trim()
    .split('\n')
}

describe('TAR responses (path gateway specification, IPIP-288)', () => {
  it('are a tree under the name of the path’s end, names in UTF-8, as tar unpacks it', async () => {
    const into = await unpack(`/ipfs/${TREE}?format=tar`)
    expect(readFileSync(join(into, TREE, 'ą', 'ę', 'file-źł.txt'), 'utf8')).toBe('I am a txt file on path with utf8\n')
    const below = await unpack(`/ipfs/${TREE}/%C4%85?format=tar`)
    expect(readFileSync(join(below, 'ą', 'ę', 'file-źł.txt'), 'utf8')).toContain('utf8')
  })

  it('of a file are that file, of a sharded directory all of its files', async () => {
    const into = await unpack(`/ipfs/${TREE}${UTF8_FILE}?format=tar`)
    expect(readFileSync(join(into, 'file-źł.txt'), 'utf8')).toContain('utf8')
    expect((await names(`/ipfs/${HAMT}?format=tar`)).length).toBeGreaterThan(100)
  })

  it('keep symlinks', async () => {
    const into = await unpack(`/ipfs/${LINKS}?format=tar`)
    expect(readFileSync(join(into, LINKS, 'bar'))).toEqual(readFileSync(join(into, LINKS, 'foo')))
  })

  it('have relative names where these stay inside of the tree, and are refused where not', async () => {
    expect(await names(`/ipfs/${INSIDE}?format=tar`)).toContain(`${INSIDE}/foobar/file`)
    expect((await get(`/ipfs/${OUTSIDE}?format=tar`)).status).toBe(404)
  })

  it('have no length and no ranges, a name, and a weak tag', async () => {
    const whole = await get(`/ipfs/${TREE}?format=tar&filename=test%D1%82%D0%B5%D1%81%D1%82.tar`, {
      Range: 'bytes=0-9',
    })
    expect([whole.status, whole.headers.get('accept-ranges'), whole.headers.get('content-length')]).toEqual([
      200,
      'none',
      null,
    ])
    expect(whole.headers.get('content-disposition')).toBe(
      `attachment; filename="test____.tar"; filename*=UTF-8''test%D1%82%D0%B5%D1%81%D1%82.tar`,
    )
    expect(whole.headers.get('etag')).toBe(`W/"${TREE}.x-tar"`)
    const again = await get(`/ipfs/${TREE}`, { Accept: 'application/x-tar', 'If-None-Match': `W/"${TREE}.x-tar"` })
    expect([again.status, again.headers.get('vary')]).toEqual([304, 'Accept'])
    const head = await get(`/ipfs/${TREE}`, { Accept: 'application/x-tar' }, 'HEAD')
    expect([head.status, head.headers.get('content-location')]).toEqual([200, `/ipfs/${TREE}?format=tar`])
  })

  it('the same tree gives the same bytes', async () => {
    const [one, two] = [await get(`/ipfs/${HAMT}?format=tar`), await get(`/ipfs/${HAMT}?format=tar`)]
    expect(Buffer.from(await one.arrayBuffer()).equals(Buffer.from(await two.arrayBuffer()))).toBe(true)
  })
})
