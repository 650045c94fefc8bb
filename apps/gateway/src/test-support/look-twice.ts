import { existsSync, writeFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parseCid } from '@packages/shared/cid'
import { openHeldBlocks } from '../content/open-held-blocks.ts'

// Looks a block up, waits within one turn of the event loop until somebody else has released it, and looks in the next.
const [, , directory = '', cid = '', seen = '', released = ''] = process.argv
const blocks = await openHeldBlocks({ directory, realm: 'public' })
const first = blocks.sizeOf(parseCid(cid))
writeFileSync(seen, '')
const deadline = Date.now() + 20_000
while (!existsSync(released) && Date.now() < deadline) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
await nextTurn()
process.stdout.write(JSON.stringify({ first: first ?? null, second: blocks.sizeOf(parseCid(cid)) ?? null }))
await blocks.close()
