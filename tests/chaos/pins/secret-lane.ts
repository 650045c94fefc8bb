import { type ClientLane, runLane } from '../client-lane.ts'
import type { Random } from '../random.ts'
import { secretWay } from '../ways/secret-way.ts'

const KIB = 1024
const MIB = 1024 * KIB
const LIVE_BYTES_WANTED = 2 * MIB

/** Never none: no bytes are what everybody has. */
const drawSize = (random: Random): number =>
  random.chance(0.1) ? random.between(256 * KIB, MIB) : random.between(1, 64 * KIB)

/** One client that keeps private files. Their ledger has nothing else. */
export const runSecretLane = (lane: Omit<ClientLane, 'ways' | 'hangUps' | 'liveBytesWanted' | 'drawSize'>) =>
  runLane({ ...lane, ways: [secretWay], hangUps: false, liveBytesWanted: LIVE_BYTES_WANTED, drawSize })
