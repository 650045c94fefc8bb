import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { Readable } from 'node:stream'
import fastify from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ApiInstance } from '../api-instance.ts'
import { installBodyDeadline } from './body-deadline.ts'

const app = fastify()
beforeAll(async () => {
  installBodyDeadline(app as never as ApiInstance, 30)
  // An answer without an end, as a stream of events is.
  app.get('/stream', (_, reply) => reply.type('text/plain').send(new Readable({ read() {}, construct: begin })))
  app.get('/other', () => 'here')
  await app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => app.close())

function begin(this: Readable, done: () => void): void {
  this.push('first')
  done()
}

it('ends a connection whose body never comes while its answer is under way, and no other', async () => {
  const { port } = app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write('GET /stream HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n')
  const told: string[] = []
  socket.on('data', (bytes) => told.push(bytes.toString()))
  await once(socket, 'close')
  expect(told.join('')).toContain('first')
  expect(told.join('').match(/HTTP\/1\.1/g)).toHaveLength(1)
  expect((await app.inject('/other')).body).toBe('here')
})
