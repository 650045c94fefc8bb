import { setTimeout as sleep } from 'node:timers/promises'
import { ApiProblem } from '@packages/api-client/api-problem'
import { Session } from '../acceptance/session.ts'
import { UploadRefused } from '../acceptance/stream-upload.ts'
import { drawSize as drawAnySize } from './content.ts'
import { finished, type Ledger, type LedgerFile } from './ledger.ts'
import type { Random } from './random.ts'
import type { UploadWay } from './ways/upload-way.ts'
import { drawWay, UPLOAD_WAYS } from './ways/upload-ways.ts'

/** Above this many live bytes a lane deletes more often than it uploads. */
const LIVE_BYTES_WANTED = 300 * 1024 * 1024

export type ClientLane = {
  apiUrl: string
  owner: number
  key: string
  ledger: Ledger
  random: Random
  /** Unique names over the whole run. */
  nextName: () => string
  /** The platform has been killed: whatever fails from now on is no news. */
  killed: AbortSignal
  /** An answer that the platform must never give while it lives. */
  onProblem: (problem: string) => void
  /** Answers that are right in this mode although they are no success; `refused` means that nothing was changed. */
  expects?: (status: number) => 'refused' | 'unsure' | undefined
  ways?: readonly UploadWay[]
  /**
   * Now and then the caller hangs up in the middle; true by default. Only where the platform is killed afterwards: one that
   * lives may finish such an upload after the look that has to decide.
   */
  hangUps?: boolean
  /** No new request from here on; what is under way has its time. */
  resting: AbortSignal
  liveBytesWanted?: number
  /** From 0 bytes to 40 MiB by default. */
  drawSize?: (random: Random) => number
}

type Content = { way: UploadWay; contentSeed: number; size: number }

const chooseContent = ({ ledger, random, ways = UPLOAD_WAYS, drawSize = drawAnySize }: ClientLane): Content => {
  const shared = random.chance(0.2) ? random.pick(ledger.files) : undefined
  if (shared === undefined)
    return { way: drawWay(random, ways), contentSeed: random.between(1, 2 ** 31), size: drawSize(random) }
  // The same content by any way that can bring it.
  const fitting = ways.filter(({ shape }) => shape === shared.shape)
  return { way: drawWay(random, fitting), contentSeed: shared.contentSeed, size: shared.size }
}

/** One that was cut off and can be gone on with, or a new one. */
const chooseUpload = (lane: ClientLane): { file: LedgerFile; send: UploadWay['send'] } => {
  const { ledger, owner, random, ways = UPLOAD_WAYS } = lane
  const cutOff = ledger.in('in doubt').filter((file) => file.owner === owner && file.resumeAt !== undefined)
  const file = random.chance(0.5) ? random.pick(cutOff) : undefined
  const resume = ways.find(({ name }) => name === file?.way)?.resume
  if (file !== undefined && resume !== undefined) {
    file.state = 'uploading'
    return { file, send: resume }
  }
  const { way, contentSeed, size } = chooseContent(lane)
  return {
    file: ledger.begin({ name: lane.nextName(), owner, way: way.name, shape: way.shape, contentSeed, size }),
    send: way.send,
  }
}

const upload = async (lane: ClientLane): Promise<void> => {
  const { apiUrl, key, random } = lane
  const { file, send } = chooseUpload(lane)
  const hangUp = lane.hangUps !== false && random.chance(0.05) ? AbortSignal.timeout(random.between(1, 50)) : undefined
  const signal = hangUp === undefined ? lane.killed : AbortSignal.any([hangUp, lane.killed])
  try {
    const { id, cid } = await send(file, { apiUrl, key, random, signal })
    Object.assign(file, { state: 'there', id, cid, acknowledgedAt: performance.now() })
    // One that went back to before it was finished may have been deleted by then: the next look decides.
    if (file.finishedAt !== undefined) file.state = 'in doubt'
    finished(file)
  } catch (error) {
    file.state = 'in doubt'
    // Whatever stopped the platform while it made the file: it makes it again.
    if (file.resumeAt !== undefined) file.madeTwice = true
    if (error instanceof UploadRefused) {
      const expected = lane.expects?.(error.status)
      // What was received of one that can be gone on with is kept, and finished when it can be.
      if (expected === 'refused' && file.resumeAt === undefined) file.state = 'gone'
      const isLost = error.status === 404 && file.mayBeLost === true
      if (expected === undefined && !isLost) lane.onProblem(`${file.way}: ${error.message}`)
      if (error.status === 404 || error.status === 410) delete file.resumeAt
      await sleep(50)
    } else if (!lane.killed.aborted && hangUp?.aborted !== true) await sleep(20)
  }
}

const remove = async (lane: ClientLane): Promise<void> => {
  const mine = lane.ledger.in('there').filter(({ owner }) => owner === lane.owner)
  const file = lane.random.pick(mine)
  if (file?.id === undefined) return
  file.state = 'deleting'
  try {
    await new Session(lane, lane.key).delete(file.id)
    file.state = 'gone'
  } catch (error) {
    file.state = 'in doubt'
    if (!(error instanceof ApiProblem)) return
    const expected = lane.expects?.(error.status)
    if (expected === 'refused') file.state = 'there'
    else if (expected === undefined) lane.onProblem(`the deletion answered ${error.status} ${error.code}`)
    await sleep(50)
  }
}

/** One client: uploads and deletes, one request after the other, until the platform is killed. */
export const runLane = async (lane: ClientLane): Promise<void> => {
  while (!lane.killed.aborted && !lane.resting.aborted) {
    const share = lane.ledger.liveBytes() > (lane.liveBytesWanted ?? LIVE_BYTES_WANTED) ? 0.7 : 0.25
    await (lane.random.chance(share) ? remove(lane) : upload(lane))
  }
}
