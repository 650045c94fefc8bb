import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { untilGone } from './until-gone.ts'

it('waits until processes are gone, and says which are not in time', async () => {
  const child = spawn('sleep', ['60'])
  await once(child, 'spawn')
  const { pid = 0 } = child
  try {
    await expect(untilGone([pid], { withinMs: 50 })).rejects.toThrow(`after 50 ms these processes still run: ${pid}`)
  } finally {
    child.kill('SIGKILL')
  }
  await untilGone([pid])
  await untilGone([])
})
