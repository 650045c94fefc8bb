import { setTimeout as sleep } from 'node:timers/promises'
import { generatedBytes } from '../acceptance/generated-bytes.ts'
import { ApiProblem } from '@packages/api-client/api-problem'
import { Session } from '../acceptance/session.ts'
import { streamUpload, UploadRefused } from '../acceptance/stream-upload.ts'
import { drawSize } from './content.ts'
import type { Ledger, LedgerFile } from './ledger.ts'
import type { Random } from './random.ts'

/** Above this many live bytes a lane deletes more often than it uploads. */
const LIVE_BYTES_WANTED = 300 * 1024 * 1024

export type ClientLane = {
  apiUrl: string
  gatewayUrl: string
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
}

const chooseContent = ({ ledger, random }: ClientLane): { contentSeed: number; size: number } => {
  const shared = random.chance(0.2) ? random.pick(ledger.files) : undefined
  return shared === undefined
    ? { contentSeed: random.between(1, 2 ** 31), size: drawSize(random) }
    : { contentSeed: shared.contentSeed, size: shared.size }
}

const upload = async (lane: ClientLane): Promise<void> => {
  const { apiUrl, key, ledger, owner, random } = lane
  const { contentSeed, size } = chooseContent(lane)
  const file = ledger.begin({ name: lane.nextName(), owner, contentSeed, size })
  // Now and then the caller hangs up in the middle.
  const hangUp = random.chance(0.05) ? AbortSignal.timeout(random.between(1, 50)) : undefined
  try {
    const source = generatedBytes(size, contentSeed)
    const signal = hangUp === undefined ? lane.killed : AbortSignal.any([hangUp, lane.killed])
    const answer = await streamUpload({ apiUrl, key, name: file.name, size, source, signal })
    Object.assign(file, { state: 'there', id: answer.file.id, cid: answer.file.cid } satisfies Partial<LedgerFile>)
  } catch (error) {
    file.state = 'in doubt'
    if (error instanceof UploadRefused) lane.onProblem(error.message)
    else if (!lane.killed.aborted && hangUp?.aborted !== true) await sleep(20)
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
    if (error instanceof ApiProblem) lane.onProblem(`the deletion answered ${error.status} ${error.code}`)
  }
}

/** One client: uploads and deletes, one request after the other, until the platform is killed. */
export const runLane = async (lane: ClientLane): Promise<void> => {
  while (!lane.killed.aborted) {
    const share = lane.ledger.liveBytes() > LIVE_BYTES_WANTED ? 0.7 : 0.25
    await (lane.random.chance(share) ? remove(lane) : upload(lane))
  }
}
