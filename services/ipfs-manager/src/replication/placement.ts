import { hash } from 'node:crypto'
import { NO_OTHER_NODE, noNodeIn, writeReasons } from '@packages/shared/shortage'
import type { PinNetwork } from '../pin-backend.ts'

/** A node as placement sees it. Sizes are null where it has no limit that we know of. */
export type PlacementNode = {
  id: string
  network: PinNetwork
  zone: string
  intent: 'active' | 'draining' | 'removed'
  state: 'unknown' | 'up' | 'down' | 'refused'
  capacityBytes: number | null
  usedBytes: number | null
  /** Copies that are on their way to it. */
  queued: number
  /** The own store: it may have content of both networks, and shows peers what is public alone. */
  isOwn?: boolean
  /** Its garbage is collected: it takes nothing in the meantime, so others come before it. */
  isCollecting?: boolean
}

export type PlacementWish = {
  contentId: string
  network: PinNetwork
  size: number
  /** In all, those that are there among them; more only where zones need them. */
  copies: number
  /** Each has to have a copy. */
  zones: readonly string[]
  /** Nodes that have one, or to which one is on its way. */
  holders: readonly string[]
}

/** `shortage`: why there are fewer than wished for, as `writeReasons` puts it. */
export type Placement = { nodeIds: string[]; shortage: string | null }

/**
 * Which nodes a content goes to. A pool without public nodes keeps everything on its private ones; never the other way round: what is private goes to private nodes
 * alone.
 */
export const networkFor = (
  realm: PinNetwork,
  nodes: readonly Pick<PlacementNode, 'network' | 'isOwn'>[],
): PinNetwork =>
  realm === 'public' && nodes.some(({ network, isOwn }) => network === 'public' && isOwn !== true)
    ? 'public'
    : 'private'

/** Above that share a node takes no more. */
const HIGH_WATER = 0.9
const SPARE_BYTES = 2 ** 30
/** What a node is taken to have whose size is not known. */
const UNKNOWN_FREE = 2 ** 40

/**
 * Where further copies of a content go. Zones that need one come first; the rest is drawn by weighted rendezvous hashing, where the weight is the free
 * space, less for nodes that have much on the way: a content always falls on the same nodes, many contents spread over all in proportion to
 * their space, and a little more or less of it moves little.
 */
export const placeCopies = (wish: PlacementWish, nodes: readonly PlacementNode[]): Placement => {
  const missing = Math.max(0, wish.copies - wish.holders.length)
  const covered = new Set(nodes.filter(({ id }) => wish.holders.includes(id)).map(({ zone }) => zone))
  const uncovered = wish.zones.filter((zone) => !covered.has(zone))
  if (missing === 0 && uncovered.length === 0) return { nodeIds: [], shortage: null }
  const ranked = nodes
    .filter((node) => mayTake(node, wish))
    .map((node) => ({ node, score: scoreOf(wish.contentId, node) }))
    .sort((a, b) => waits(a.node) - waits(b.node) || b.score - a.score || (a.node.id < b.node.id ? -1 : 1))
    .map(({ node }) => node)
  const chosen: PlacementNode[] = []
  const without: string[] = []
  for (const zone of uncovered) {
    const node = ranked.find((one) => one.zone === zone && !chosen.includes(one))
    if (node === undefined) without.push(zone)
    // Also where there are enough copies: one of another zone goes then.
    else chosen.push(node)
  }
  for (const node of ranked) if (chosen.length < missing && !chosen.includes(node)) chosen.push(node)
  return { nodeIds: chosen.map(({ id }) => id), shortage: reasonsOf(wish, chosen.length, without) }
}

const waits = ({ isCollecting }: PlacementNode): number => (isCollecting === true ? 1 : 0)

const mayTake = (node: PlacementNode, { network, size, holders }: PlacementWish): boolean =>
  node.intent === 'active' &&
  node.state === 'up' &&
  // Ciphertexts of private files never lie on a public node.
  (node.isOwn === true || node.network === network) &&
  !holders.includes(node.id) &&
  hasRoom(node, size)

const hasRoom = ({ capacityBytes, usedBytes }: PlacementNode, size: number): boolean => {
  if (capacityBytes === null || usedBytes === null) return true
  return usedBytes + size <= capacityBytes * HIGH_WATER && capacityBytes - usedBytes > size + SPARE_BYTES
}

const freeOf = ({ capacityBytes, usedBytes }: PlacementNode): number =>
  capacityBytes === null || usedBytes === null ? UNKNOWN_FREE : Math.max(1, capacityBytes - usedBytes)

/** The highest draws: each node's chance to be first is its share of all weights. */
const scoreOf = (contentId: string, node: PlacementNode): number => {
  const draw = hash('sha256', `${contentId} ${node.id}`, 'buffer').readUIntBE(0, 6)
  const fraction = (draw + 1) / (2 ** 48 + 1)
  return -(freeOf(node) / (1 + node.queued)) / Math.log(fraction)
}

const reasonsOf = (wish: PlacementWish, chosen: number, without: readonly string[]): string | null =>
  writeReasons([...without.map(noNodeIn), ...(wish.holders.length + chosen < wish.copies ? [NO_OTHER_NODE] : [])])
