import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartError } from '@packages/runtime/start-error'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'

let directory: string
let path: string
let t: TestGateway
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-access-'))
  path = join(directory, 'access.log')
  t = await startTestGateway({ workers: 2, accessLog: path })
})
afterAll(async () => {
  await t?.stop()
  await rm(directory, { recursive: true })
})

const read = async (): Promise<string[]> => (await readFile(path, 'utf8')).split('\n').slice(0, -1)

/** @returns the bytes of the body */
const ask = (target: string, agent: Agent, method = 'GET'): Promise<number> =>
  new Promise((resolve, reject) => {
    request(`${t.url}${target}`, { agent, method }, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => (bytes += chunk.length))
      response.on('end', () => resolve(bytes))
      response.on('error', reject)
    })
      .on('error', reject)
      .end()
  })

it('all workers write what they have sent, however they sent it', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const sizes = [0, 700, 100_000, 3 * 1024 * 1024]
  const cids = await Promise.all(sizes.map((size) => t.upload(randomBytes(size)).then(({ cid }) => cid)))
  for (let time = 0; time < 10; time++)
    await Promise.all(cids.flatMap((cid) => [ask(`/ipfs/${cid}?token=secret`, agent), ask(`/ipfs/${cid}`, agent)]))
  await ask(`/ipfs/${cids[1]}`, agent, 'HEAD')
  await ask('/ipfs/nothing', agent)
  agent.destroy()
  await expect.poll(() => read().then((lines) => lines.length)).toBe(82)
  const lines = await read()
  for (const [at, cid] of cids.entries()) {
    const own = lines.filter((line) => line.includes(`"GET /ipfs/${cid} HTTP/1.1" 200 `))
    expect(own.length).toBe(20)
    for (const line of own) {
      const bytes = Number(/" 200 (\d+) "/.exec(line)?.[1])
      expect(bytes - (sizes[at] as number)).toBeGreaterThan(200)
      expect(bytes - (sizes[at] as number)).toBeLessThan(3_000)
    }
  }
  expect(lines.filter((line) => line.includes('"GET /ipfs/nothing HTTP/1.1" 400 ')).length).toBe(1)
  expect(lines.join('\n')).not.toContain('secret')
})

it('says which setting is wrong when it cannot be had', async () => {
  const started = startTestGateway({ workers: 2, accessLog: join(directory, 'none', 'access.log') })
  await expect(started).rejects.toThrow(StartError)
  await expect(started).rejects.toThrow('GATEWAY_ACCESS_LOG')
})
