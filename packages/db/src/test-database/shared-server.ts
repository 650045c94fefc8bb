import { createServer, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestServer, startTestServer } from './test-server.ts'

/** Names the socket at which a test run's first process hands out its server. */
export const SHARED_SERVER_VARIABLE = 'HOLDFAST_TEST_SERVER'

type Address = Pick<TestServer, 'connection' | 'template'>

/**
 * Called once per test run (vitest's globalSetup): test processes ask at a socket for the run's one server, which
 * starts when the first of them asks. Returns the teardown.
 */
export const shareTestServer = async (): Promise<() => Promise<void>> => {
  const path = join(tmpdir(), `holdfast-test-${process.pid}-${Date.now()}.sock`)
  let server: Promise<TestServer> | null = null
  const offer = createServer((socket) => {
    socket.on('error', () => {})
    server ??= startTestServer()
    server.then(
      ({ connection, template }) => socket.end(JSON.stringify({ connection, template })),
      (error: Error) => socket.end(JSON.stringify({ failure: error.message })),
    )
  })
  offer.unref()
  await new Promise<void>((resolve, reject) => offer.once('error', reject).listen(path, resolve))
  process.env[SHARED_SERVER_VARIABLE] = path
  const stop = async (): Promise<void> => {
    // Closing it removes the socket.
    offer.close()
    await (await server?.catch(() => null))?.stop()
    server = null
  }
  // Away from a terminal vitest dies of these without a teardown.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().finally(() => process.kill(process.pid, signal)))
  return stop
}

let own: Promise<TestServer> | null = null

/** The run's shared server; outside of a shared run, one of this process, which ends with it. */
export const testServerAddress = async (): Promise<Address> => {
  const path = process.env[SHARED_SERVER_VARIABLE]
  if (!path) return (own ??= startTestServer())
  const chunks: Buffer[] = []
  for await (const chunk of connect(path)) chunks.push(chunk as Buffer)
  const answer = JSON.parse(Buffer.concat(chunks).toString()) as Address | { failure: string }
  if ('failure' in answer) throw new Error(`the test server does not start: ${answer.failure}`)
  return answer
}
