import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { chooseNodes } from './kubo-fleet/choose-nodes.ts'
import { nodeFolder, requireFleet } from './kubo-fleet/fleet-file.ts'
import { endOfLog, logFile } from './kubo-fleet/node-process.ts'
import { runCommand } from './run-command.ts'

const FOLLOW_MS = 500
const SYNTAX = {
  takes: '[NODE …] [--lines 50] [--follow]',
  options: { lines: { type: 'string', default: '50' }, follow: { type: 'boolean', default: false } },
  words: { min: 0, max: Number.POSITIVE_INFINITY },
} as const

const sizeOf = async (folder: string): Promise<number> => (await stat(logFile(folder)).catch(() => null))?.size ?? 0

/** `npm run ipfs:logs -- [NODE …] [--lines 50] [--follow]`: what the nodes of `ipfs:up` have to say. */
await runCommand(async ({ config: { dataDir } }, { values, words, misuse }) => {
  const lines = Number(values.lines)
  if (!(Number.isInteger(lines) && lines > 0)) throw misuse
  const chosen = chooseNodes(await requireFleet(dataDir), words)
  const folders = chosen.map((node) => ({ name: node.name, folder: nodeFolder(dataDir, node), read: 0 }))
  for (const one of folders) {
    one.read = await sizeOf(one.folder)
    console.log(`== ${one.name} (${logFile(one.folder)})\n${await endOfLog(one.folder, lines)}`)
  }
  // Until it is interrupted.
  for (; values.follow; await sleep(FOLLOW_MS))
    for (const one of folders) {
      const size = await sizeOf(one.folder)
      if (size <= one.read) continue
      let text = ''
      for await (const piece of createReadStream(logFile(one.folder), { start: one.read, end: size - 1 })) text += piece
      one.read = size
      process.stdout.write(text.replaceAll(/^(?=.)/gm, `${one.name}  `))
    }
  return 0
}, SYNTAX)
