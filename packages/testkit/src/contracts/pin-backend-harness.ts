import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { textBlock, type TestBlock, type TestDag, treeDag } from '@packages/content/block-store/test-dags'
import { carV1, inPieces } from '@packages/content/car/test-cars'
import type { FetchLimits, PinBackend, RootSource, WantedRoot } from '@services/ipfs-manager/pin-backend'

/** What a backend's nodes are tried with: three of the public network, of which the spare one may be broken. */
export type PinBackendHarness = {
  backend: PinBackend
  /** Of nodes that others use as well. */
  nodeIds: readonly [string, string]
  /** Of a node that is only used here. */
  spare: {
    nodeId: string
    /** SIGKILL. */
    kill(): Promise<void>
    start(): Promise<void>
    pause(): Promise<void>
    resume(): void
    /** Changes a byte of a stored block on its disk. */
    damage(cid: TestBlock['cid']): Promise<void>
    /** Ends lists of pins after their first line: with what the node says of a failure, or with the connection. */
    breakListings(how: 'trailer' | 'cut' | null): void
    /** Takes it off the disk. */
    lose(cid: TestBlock['cid']): Promise<void>
  }
  /** Starts another node, whose disk is small and can be filled. */
  onSmallDisk(): Promise<SmallNode>
  /** Has somebody who is no node of ours hold these blocks, pinned or not, and tells where. */
  serve(blocks: readonly TestBlock[]): Promise<{ origin: string }>
  /** Has them announce a CID. */
  announce(cid: TestBlock['cid']): Promise<void>
  /** Pins on a node by hand, as its operator does. */
  pinByHand(nodeId: string, cid: TestBlock['cid'], name: string): Promise<void>
  /** The names of a node's pins of this CID, as the node itself says. */
  namesOf(nodeId: string, cid: TestBlock['cid']): Promise<string[]>
  /** Whether the node asks others for it. */
  isWanted(nodeId: string, cid: TestBlock['cid']): Promise<boolean>
}

export type SmallNode = AsyncDisposable & {
  nodeId: string
  /** Somebody else's file takes all of its disk but some blocks. */
  fill(): Promise<void>
  /** It goes again; the node may be started anew for it. */
  makeRoom(): Promise<void>
}

/** Enough for a repository and the DAG of the case, and a node begins with most of it free. */
export const SMALL_DISK_BYTES = 96 * 1024 * 1024
export const LEFT_BYTES = 4 * 1024 * 1024

export const LIMITS: FetchLimits = {
  maxMs: 20_000,
  stallMs: 10_000,
  maxBytes: 2 ** 30,
  maxBlocks: 100_000,
  maxDepth: 1_000,
}

export const signal = (): AbortSignal => AbortSignal.timeout(30_000)

/** A DAG that no run before had. */
export const freshDag = (leaves = 9): TestDag => treeDag(randomUUID(), leaves)

/** A CID that nobody has. */
export const nowhere = (): TestBlock => textBlock(`nowhere ${randomUUID()}`)

export const wanted = (cid: TestBlock['cid'], network: WantedRoot['network'] = 'public'): WantedRoot => ({
  contentId: randomUUIDv7(),
  cid,
  network,
  dagSize: null,
})

export const fromCar = (root: TestBlock['cid'], blocks: readonly TestBlock[]): RootSource & { kind: 'car' } => ({
  kind: 'car',
  open: () => inPieces(carV1([root], blocks)),
})

export const carOf = (dag: TestDag): RootSource & { kind: 'car' } => fromCar(dag.root, dag.blocks)

/** As tenants are charged: each block once. */
export const sizesOf = ({ blocks }: TestDag): { dagSize: number; blocks: number } => {
  const distinct = new Map(blocks.map(({ cid, bytes }) => [cid.toString(), bytes.length]))
  return { dagSize: [...distinct.values()].reduce((sum, length) => sum + length, 0), blocks: distinct.size }
}
