import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { OutgoingCalls } from '@packages/runtime/outgoing/outgoing-calls'
import { expect, test } from 'vitest'
import { textBlock } from '../block-store/test-dags.ts'
import { SourceChain, SourcesFailed } from './chain.ts'
import { TrustlessGateway } from './trustless-gateway.ts'

const block = textBlock('a block')
const outgoing = new OutgoingCalls({ steeredBy: 'operator', maxBodyBytes: 8 * 1024 * 1024 })

const serve = async (answer: RequestListener) => {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    origin: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const chain = (...servers: { origin: string }[]) =>
  new SourceChain(servers.map(({ origin }) => new TrustlessGateway({ origin, outgoing })))

test('asks for one raw block and gives its bytes', async () => {
  const asked: unknown[] = []
  await using server = await serve((request, reply) => {
    asked.push([request.url, request.headers.accept])
    reply.end(block.bytes)
  })
  const bytes = await new TrustlessGateway({ outgoing, origin: server.origin }).get(block.cid)
  expect(Buffer.from(bytes ?? [])).toEqual(Buffer.from(block.bytes))
  expect(asked).toEqual([[`/ipfs/${block.cid}?format=raw`, 'application/vnd.ipld.raw']])
})

test.each([404, 410])('does not have what is answered with %i', async (status) => {
  await using server = await serve((_, reply) => reply.writeHead(status).end('no'))
  expect(await new TrustlessGateway({ outgoing, origin: server.origin }).get(block.cid)).toBeUndefined()
})

test.each<[string, RequestListener, string]>([
  ['wrong bytes', (_, reply) => reply.end('another block'), 'not the block'],
  ['an error', (_, reply) => reply.writeHead(502).end(), '502'],
  ['a block without end', (_, reply) => endless(reply), 'more than a block'],
  ['a host that was not configured', (_, reply) => redirect(reply, 'http://localhost:1/'), 'redirects to'],
  ['another port', (_, reply) => redirect(reply, 'http://127.0.0.1:1/'), 'redirects to'],
  ['redirects without end', (request, reply) => redirect(reply, String(request.url)), 'without end'],
  ['nothing at all', () => undefined, 'timeout'],
  ['half a block', (_, reply) => half(reply), ''],
])('refuses %s', async (_, answer, message) => {
  await using server = await serve(answer)
  const source = new TrustlessGateway({ outgoing, origin: server.origin, timeoutMs: 300 })
  await expect(source.get(block.cid)).rejects.toThrow(message)
})

test('follows a redirect within the host', async () => {
  await using server = await serve((request, reply) =>
    request.url?.startsWith('/ipfs/') ? redirect(reply, '/elsewhere') : reply.end(block.bytes),
  )
  expect(await new TrustlessGateway({ outgoing, origin: server.origin }).get(block.cid)).toBeDefined()
})

test('a chain asks one after the other, and tells who had it', async () => {
  await using empty = await serve((_, reply) => reply.writeHead(404).end())
  await using lying = await serve((_, reply) => reply.end('lies'))
  await using good = await serve((_, reply) => reply.end(block.bytes))
  expect(await chain(empty, lying, good).find(block.cid)).toMatchObject({ from: good.origin })
  expect(await chain(empty).find(block.cid)).toBeUndefined()
  expect(await chain().get(block.cid)).toBeUndefined()
  const failed = chain(empty, lying).get(block.cid)
  await expect(failed).rejects.toThrow(SourcesFailed)
  await expect(failed).rejects.toThrow(lying.origin)
  const aborted = chain(good).get(block.cid, { signal: AbortSignal.abort(new Error('enough')) })
  await expect(aborted).rejects.toThrow('enough')
})

const redirect = (reply: Parameters<RequestListener>[1], to: string): void => {
  reply.writeHead(302, { location: to }).end()
}

const endless = (reply: Parameters<RequestListener>[1]): void => {
  const more = (): void => {
    while (!reply.destroyed && reply.write(Buffer.alloc(65_536)));
    if (!reply.destroyed) reply.once('drain', more)
  }
  more()
}

const half = (reply: Parameters<RequestListener>[1]): void => {
  reply.writeHead(200, { 'content-length': block.bytes.length })
  reply.write(block.bytes.subarray(0, 3), () => reply.destroy())
}
