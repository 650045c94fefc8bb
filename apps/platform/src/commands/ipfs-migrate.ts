import { setTimeout as sleep } from 'node:timers/promises'
import type { Move, MoveFigures } from '@services/ipfs-manager/moving/move'
import { moveHome } from '@services/ipfs-manager/moving/move-home'
import { moveToNodes } from '@services/ipfs-manager/moving/move-to-nodes'
import { connectRunningDatabase, requireMigrated } from '../compose/start-database.ts'
import { EXIT_USAGE } from './command-line.ts'
import { runCommand } from './run-command.ts'

const LOOK_MS = 1_000
/** A platform that has just started has to see its nodes first. */
const ATTENDED_MS = 60_000
/** Nothing moved for that long, and nothing is being copied. */
const STUCK_MS = 2 * 60_000
const SYNTAX = { takes: '[--one-copy]', options: { 'one-copy': { type: 'boolean', default: false } } } as const

const tell = ({ contents, bytes, leaving, problems }: MoveFigures, begun: MoveFigures): void => {
  const moved = `${begun.contents - contents} of ${begun.contents} contents moved`
  const parts = [moved, `${contents} left (${bytes} bytes)`]
  if (leaving > 0) parts.push(`${leaving} copies to be let go`)
  if (problems > 0) parts.push(`${problems} with a problem`)
  console.log(parts.join(', '))
}

const isDone = ({ contents, leaving }: MoveFigures): boolean => contents === 0 && leaving === 0

/** @returns the last figures */
const follow = async (move: Move, begun: MoveFigures): Promise<MoveFigures> => {
  let [last, at] = [begun, performance.now()]
  for (tell(begun, begun); !isDone(last) && performance.now() - at < STUCK_MS; ) {
    await sleep(LOOK_MS)
    const now = await move.figures()
    const hasMoved = now.contents !== last.contents || now.leaving !== last.leaving
    if (hasMoved || now.atWork > 0) at = performance.now()
    if (hasMoved) tell(now, begun)
    last = now
  }
  return last
}

const isAttended = async (move: Move): Promise<boolean> => {
  for (const limit = performance.now() + ATTENDED_MS; performance.now() < limit; await sleep(LOOK_MS))
    if (await move.isAttended()) return true
  return false
}

/**
 * `npm run ipfs:migrate`: moves all content to where the settings say that it is kept now, while the platform runs: to Kubo nodes with
 * `IPFS_BACKEND=kubo`, into the own store with `IPFS_BACKEND=embedded` and `LEAVE_KUBO_NODES` (docs/operations/kubo.md). The platform copies; this says what moves, and waits.
 * May be killed and run again at any time.
 */
await runCommand(async ({ config, logger, stack }, { values }) => {
  const { ipfs } = config
  if (ipfs.backend === 'embedded' && ipfs.leaving.length === 0) {
    console.error(
      'With these settings there is nothing to move: set IPFS_BACKEND=kubo and KUBO_NODES to move to Kubo nodes,',
    )
    console.error(
      'or IPFS_BACKEND=embedded and LEAVE_KUBO_NODES to move away from them, and start the platform with that.',
    )
    return EXIT_USAGE
  }
  const db = await connectRunningDatabase(config, { stack, logger })
  await requireMigrated(db)
  const move =
    ipfs.backend === 'kubo' ? moveToNodes({ db }, ipfs.ackCopies) : moveHome({ db }, { oneCopy: values['one-copy'] })
  if (!(await isAttended(move))) {
    console.error(
      'No platform runs that has these nodes, or none of them is up: start it with these settings. It goes on serving meanwhile.',
    )
    return 1
  }
  const since = performance.now()
  await move.begin()
  const begun = await move.figures()
  const last = await follow(move, begun)
  const seconds = ((performance.now() - since) / 1_000).toFixed(1)
  if (!isDone(last)) {
    console.error(`Nothing has moved for ${STUCK_MS / 60_000} minutes; nothing is lost. What stands in the way:`)
    for (const line of await move.problems()) console.error(`  ${line}`)
    return 1
  }
  console.log(`Moved ${begun.contents} contents, ${begun.bytes} bytes, in ${seconds} s; every block was read back.`)
  console.log(
    ipfs.backend === 'kubo'
      ? `Each public content is on ${ipfs.ackCopies} of the nodes, and each private one on as many of the private nodes as there are. Uploads were going there already.`
      : 'Nothing is left on the nodes: unset LEAVE_KUBO_NODES at the next start.',
  )
  return 0
}, SYNTAX)
