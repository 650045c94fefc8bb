import type { CID } from 'multiformats/cid'
import { ANSWERS, readAnswer } from './kubo-answers.ts'
import { KuboError } from './kubo-error.ts'
import type { KuboRpc } from './kubo-rpc.ts'

/** Of what a healthy node answers in milliseconds. */
export const QUICK_MS = 2_000
const CONNECT_MS = 10_000
/** After the last byte of a CAR a node still writes. */
const IMPORT_IDLE_MS = 60_000

const PINNING: ReadonlySet<string> = new Set(['pin/add', 'pin/update', 'dag/import', 'add', 'repo/gc'])

export type PinProgress = { blocks: number; bytes: number }

/** The few of Kubo's commands that are used, each with a time limit, its answer read. @throws KuboError; the signal's reason */
export class KuboClient {
  readonly rpc: KuboRpc

  constructor(rpc: KuboRpc) {
    this.rpc = rpc
  }

  async peer(signal?: AbortSignal): Promise<{ peerId: string; addresses: string[] }> {
    const { ID, Addresses } = readAnswer(
      ANSWERS.id,
      await this.rpc.json('id', { timeoutMs: QUICK_MS, ...given(signal) }),
    )
    return { peerId: ID, addresses: Addresses ?? [] }
  }

  /** Our word for a recursive pin of just this CID: the node's own, asked now. Null when it has none. */
  async pinOf(cid: CID, signal?: AbortSignal): Promise<{ label: string | null } | null> {
    const options = { type: 'recursive', names: true }
    const call = { args: [cid.toString()], options, timeoutMs: QUICK_MS, ...given(signal) }
    try {
      const { Keys } = readAnswer(ANSWERS.pinsOf, await this.rpc.json('pin/ls', call))
      const [pin] = Object.values(Keys)
      return pin?.Type === 'recursive' ? { label: pin.Name || null } : null
    } catch (error) {
      if (error instanceof KuboError && error.kind === 'failed' && /is not pinned/.test(error.message)) return null
      throw error
    }
  }

  /**
   * Pins what the node has, or finds. NEVER for what is pinned: Kubo takes a pin away before it walks and sets it anew, and what stops it in between
   * leaves none (ADR 0131). Ends with the last progress; a 200 alone is no proof, `pinOf` is.
   */
  async *pin(
    cids: readonly CID[],
    { label, timeoutMs, signal }: { label: string; timeoutMs: number; signal: AbortSignal },
  ): AsyncGenerator<PinProgress, void, undefined> {
    const options = { recursive: true, progress: true, name: label }
    const args = cids.map(String)
    let isDone = false
    for await (const line of this.rpc.lines('pin/add', { args, options, timeoutMs, signal })) {
      const { Pins, Progress = 0, Bytes = 0 } = readAnswer(ANSWERS.pinProgress, line)
      if (Pins != null && Pins.length > 0) isDone = true
      else yield { blocks: Progress, bytes: Bytes }
    }
    if (!isDone) throw new KuboError('strange', 'the answer does not tell that it is pinned')
  }

  /** Also when there is no such pin. */
  async unpin(cid: CID, signal?: AbortSignal): Promise<void> {
    try {
      await this.rpc.json('pin/rm', { args: [cid.toString()], timeoutMs: 5 * QUICK_MS, ...given(signal) })
    } catch (error) {
      if (error instanceof KuboError && error.kind === 'failed' && /not pinned/.test(error.message)) return
      throw error
    }
  }

  /** Takes the blocks of CARs and pins nothing. @returns how many the node says that it took */
  async importCars(
    files: readonly AsyncIterable<Uint8Array>[],
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
  ): Promise<{ blocks: number }> {
    const options = { 'pin-roots': false, stats: true }
    let blocks: number | undefined
    for await (const line of this.rpc.lines('dag/import', {
      files,
      options,
      timeoutMs,
      idleMs: IMPORT_IDLE_MS,
      signal,
    }))
      blocks = readAnswer(ANSWERS.imported, line).Stats?.BlockCount ?? blocks
    if (blocks === undefined) throw new KuboError('strange', 'the answer does not tell what was taken')
    return { blocks }
  }

  /** Of what the node has, asking nobody else. */
  async measure(cid: CID, timeoutMs: number, signal: AbortSignal): Promise<{ dagSize: number; blocks: number }> {
    const options = { progress: false, offline: true }
    const answer = await this.rpc.json('dag/stat', { args: [cid.toString()], options, timeoutMs, signal })
    const [stat] = readAnswer(ANSWERS.dagStat, answer).DagStats ?? []
    if (stat === undefined) throw new KuboError('strange', 'the answer tells no size')
    return { dagSize: stat.Size, blocks: stat.NumBlocks }
  }

  /**
   * Whether somebody, whoever it is, pins or brings something right now: garbage would wait for them, and all that is pinned after it for the garbage.
   */
  async isPinning(signal: AbortSignal): Promise<boolean> {
    const commands = readAnswer(ANSWERS.commands, await this.rpc.json('diag/cmds', { timeoutMs: QUICK_MS, signal }))
    return (commands ?? []).some(({ Command, Active }) => Active && PINNING.has(Command))
  }

  async usedBytes(signal: AbortSignal): Promise<number> {
    const options = { 'size-only': true }
    return readAnswer(ANSWERS.repoStat, await this.rpc.json('repo/stat', { options, timeoutMs: QUICK_MS, signal }))
      .RepoSize
  }

  /** Opens a connection to a peer; true when it stands. */
  async connect(address: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.rpc.json('swarm/connect', { args: [address], timeoutMs: CONNECT_MS, signal })
      return true
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof KuboError && (error.kind === 'failed' || error.kind === 'timeout')) return false
      throw error
    }
  }
}

const given = (signal: AbortSignal | undefined): { signal?: AbortSignal } => (signal === undefined ? {} : { signal })
