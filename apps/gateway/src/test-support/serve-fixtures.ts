import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { blockKey } from '@packages/content/block-store/block-key'
import { readCar } from '@packages/content/car/read-car'
import { silentLogger } from '@packages/runtime/minimal-logger'
import type { CID } from 'multiformats/cid'
import { ContentGone } from '../content/block-errors.ts'
import type { HeldBlocks } from '../content/held-blocks.ts'
import { Denylist } from '../denylist/denylist.ts'
import { GateUsage } from '../gates/gate-usage.ts'
import { Gates } from '../gates/gates.ts'
import { HeldContent } from '../content/held-content.ts'
import { NameCache } from '../content/name-cache.ts'
import { ResolvedNames } from '../content/resolved-names.ts'
import { Redirects } from '../redirects/read-redirects.ts'
import { TrustedProxies } from '../request/client-address.ts'
import { Sites } from '../request/site.ts'
import { gatewayPeer } from '../routing/peer-record.ts'
import { BufferPool } from '../serve/buffer-pool.ts'
import { createHandler } from '../serve/handler.ts'
import { LinkedResponses } from '../serve/linked-responses.ts'
import { Withdrawals } from '../serve/withdrawals.ts'

const CAR = new URL('../../fixtures/conformance/fixtures.car', import.meta.url)

/** The blocks of the official suite's fixtures, some of whose DAGs lack blocks on purpose. */
const loadFixtures = async (): Promise<HeldBlocks> => {
  const held = new Map<string, Uint8Array>()
  const { blocks } = await readCar(createReadStream(CAR))
  for await (const run of blocks) for (const { cid, parts } of run) held.set(blockKey(cid), Buffer.concat(parts))
  return {
    sizeOf: (cid) => held.get(blockKey(cid))?.length,
    read: (cid, from, target) => {
      const block = held.get(blockKey(cid))
      if (block === undefined) return Promise.reject(new ContentGone(cid.toString()))
      target.set(block.subarray(from, from + target.length))
      return Promise.resolve()
    },
    extentOf: () => undefined,
    countsOf: () => [],
    close: () => Promise.resolve(),
  }
}

export type FixtureServer = { url: string; stop(): Promise<void> }

/** One worker's handler over the fixtures, on a port of its own: real HTTP, and no store and no database. */
export const serveFixtures = async (): Promise<FixtureServer> => {
  const content = new HeldContent(await loadFixtures(), { hotBytes: 1024 * 1024, onCorrupt: () => undefined })
  const handler = createHandler({
    content,
    provides: (cid) => content.holds(cid),
    far: null,
    network: null,
    names: new NameCache(() => Promise.resolve(false)),
    policyAgeMs: () => 0,
    privateBlocks: { get: () => Promise.resolve(undefined) },
    files: { find: () => Promise.reject(new Error('no files')), take: () => Promise.resolve(null) },
    pool: new BufferPool(),
    pieceTimeoutMs: 5_000,
    calls: null,
    hsts: null,
    logger: silentLogger,
    linked: new LinkedResponses(),
    proxies: new TrustedProxies([]),
    sites: new Sites({ subdomainHosts: [], dnslinkHosts: [] }),
    resolved: new ResolvedNames(() => Promise.resolve({ failure: 'unresolved', detail: 'no names' })),
    ipns: {
      record: () => Promise.reject(new Error('no names')),
      publish: () => Promise.reject(new Error('no names')),
    },
    redirects: new Redirects(),
    redirectsElsewhere: false,
    denylist: await Denylist.open({ files: [], logger: silentLogger }),
    gates: new Gates(),
    sharedCaches: null,
    withdrawals: new Withdrawals(),
    gateUsage: new GateUsage(),
    peer: gatewayPeer('http://127.0.0.1:8080'),
  })
  const server = createServer(handler).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The CIDs of a CAR's blocks in their order; each block has been hashed. */
export const blocksOfCar = async (response: Response): Promise<CID[]> => {
  const bytes = new Uint8Array(await response.arrayBuffer())
  async function* source(): AsyncGenerator<Uint8Array> {
    yield bytes
  }
  const cids: CID[] = []
  const { blocks } = await readCar(source())
  for await (const run of blocks) cids.push(...run.map(({ cid }) => cid))
  return cids
}
