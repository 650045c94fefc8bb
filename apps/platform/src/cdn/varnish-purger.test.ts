import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createVarnishPurger } from './varnish-purger.ts'

/** What Varnish takes in one header by default (`http_req_hdr_len`). */
const HEADER_BYTES = 8_192

it('names all tags in bans that Varnish takes, however long tags are', async () => {
  const bans: string[] = []
  // Node's own server does not know the method.
  const server = createServer((socket) => {
    let text = ''
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      bans.push(/\r\nholdfast-purge-tags: (.*)\r\n/i.exec(text)?.[1] ?? '')
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const purger = createVarnishPurger({ name: 'a', url, token: 'x'.repeat(32) })
  const tags = Array.from({ length: purger.tagsAtOnce }, (_, n) => `h-${n}.${'a.'.repeat(120)}a`)
  await purger.purge(tags, AbortSignal.timeout(10_000))
  expect(bans.length).toBeGreaterThan(1)
  for (const ban of bans) expect(ban.length).toBeLessThan(HEADER_BYTES)
  for (const tag of tags) expect(bans.filter((ban) => ban.includes(tag.replaceAll('.', '[.]')))).toHaveLength(1)
})
