import { once } from 'node:events'
import { createSocket, type Socket } from 'node:dgram'
import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createServer as createNameServer, Packet } from 'dns2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTxtLookUp } from './txt-look-up.ts'

const SERVER = '127.0.0.1'
const zone: Record<string, { texts: (string | string[])[]; ttl: number }> = {
  'one.example': { texts: ['dnslink=/ipfs/a'], ttl: 300 },
  'many.example': { texts: ['a', 'b', 'c'], ttl: 60 },
  'joined.example': { texts: [['dnslink=/ipfs/', 'abc']], ttl: 5 },
  'long.example': { texts: Array.from({ length: 40 }, (_, n) => `${n}-${'x'.repeat(100)}`), ttl: 5 },
}

let port: number
let stop: () => Promise<void>

/** A real name server on loopback. */
beforeAll(async () => {
  const server = createNameServer({
    udp: true,
    handle: (request, send) => {
      const response = Packet.createResponseFromRequest(request)
      const [question] = request.questions
      const name = question?.name.toLowerCase() ?? ''
      if (name === 'failing.example') response.header.rcode = Packet.RCODE.SERVFAIL
      else if (zone[name] === undefined) response.header.rcode = Packet.RCODE.NXDOMAIN
      else if (question?.type === Packet.TYPE.TXT)
        for (const data of zone[name].texts)
          response.answers.push(Packet.createResourceFromQuestion(question, { ttl: zone[name].ttl, data }))
      send(response)
    },
  })
  const udp = await server.listen({ udp: { port: 0, address: SERVER } })
  port = (udp.udp as AddressInfo).port
  stop = () => server.close()
})
afterAll(() => stop())

const lookUp = (name: string, timeoutMs = 2_000) => createTxtLookUp([{ address: SERVER, port }], timeoutMs)(name)

describe('TXT look-ups', () => {
  it('tell the texts and how long they may be kept', async () => {
    expect(await lookUp('one.example')).toEqual({ texts: ['dnslink=/ipfs/a'], ttl: 300 })
    expect(await lookUp('many.example')).toEqual({ texts: ['a', 'b', 'c'], ttl: 60 })
  })

  it('the strings of one record are one text', async () => {
    expect(await lookUp('joined.example')).toEqual({ texts: ['dnslink=/ipfs/abc'], ttl: 5 })
  })

  it('no such name is no answer, a server that fails is an error', async () => {
    expect(await lookUp('nothing.example')).toBeNull()
    await expect(lookUp('failing.example')).rejects.toThrow('code 2')
    await expect(createTxtLookUp([])('one.example')).rejects.toThrow('no name server')
  })

  it('the next server is asked when one does not answer', async () => {
    const silent = createSocket('udp4').bind(0, SERVER)
    await once(silent, 'listening')
    const servers = [
      { address: SERVER, port: silent.address().port },
      { address: SERVER, port },
    ]
    expect(await createTxtLookUp(servers, 100)('one.example')).toMatchObject({ ttl: 300 })
    await expect(createTxtLookUp(servers.slice(0, 1), 50)('one.example')).rejects.toThrow()
    silent.close()
  })

  it('answers to other questions, forged ones and noise are passed over', async () => {
    const liar = createSocket('udp4').bind(0, SERVER)
    await once(liar, 'listening')
    liar.on('message', (message, from) => {
      const answer = (change: (packet: InstanceType<typeof Packet>) => void, text: string): Buffer => {
        const packet = Packet.createResponseFromRequest(Packet.parse(message))
        const [question] = packet.questions
        if (question !== undefined)
          packet.answers.push(Packet.createResourceFromQuestion(question, { ttl: 1, data: text }))
        change(packet)
        return packet.toBuffer()
      }
      const send = (bytes: Buffer): void => liar.send(bytes, from.port, from.address)
      send(Buffer.from('noise'))
      send(message)
      send(answer((packet) => (packet.header.id = (packet.header.id + 1) % 65_536), 'another id'))
      send(answer((packet) => packet.questions[0] && (packet.questions[0].name = 'evil.example'), 'another name'))
      send(answer(() => undefined, 'true'))
    })
    const look = createTxtLookUp([{ address: SERVER, port: liar.address().port }])
    expect((await look('one.example'))?.texts).toEqual(['true'])
    liar.close()
  })

  it.each<[string, (whole: Buffer) => Buffer]>([
    ['cut without saying so', (whole) => whole.subarray(0, -1)],
    ['cut after its first record', (whole) => whole.subarray(0, -20)],
    [
      'of fewer records than it counts',
      (whole) => {
        whole.writeUInt16BE(3, 6)
        return whole
      },
    ],
    [
      'with a name that points to itself',
      (whole) => {
        const at = whole.length - 34
        whole.writeUInt16BE(0xc000 + at, at)
        return whole
      },
    ],
  ])('an answer that is %s is an error, and no word that there is nothing', async (_, damaged) => {
    const server = createSocket('udp4').bind(0, SERVER)
    await once(server, 'listening')
    server.on('message', (message, from) => {
      const packet = Packet.createResponseFromRequest(Packet.parse(message))
      const [question] = packet.questions
      for (const data of ['a'.repeat(9), 'b'.repeat(9)])
        if (question !== undefined) packet.answers.push(Packet.createResourceFromQuestion(question, { ttl: 1, data }))
      server.send(damaged(packet.toBuffer()), from.port, from.address)
    })
    const look = createTxtLookUp([{ address: SERVER, port: server.address().port }], 500)
    await expect(look('one.example')).rejects.toThrow('the answer cannot be read')
    server.close()
  })

  it('an answer that was cut is asked for again by TCP', async () => {
    const { udp, tcp } = await cutting()
    const look = createTxtLookUp([{ address: SERVER, port: (udp.address() as AddressInfo).port }])
    expect((await look('long.example'))?.texts).toHaveLength(40)
    udp.close()
    tcp.close()
  })
})

/** A server that says by UDP that the answer is too long, and tells it by TCP at the same port. */
const cutting = async (): Promise<{ udp: Socket; tcp: Server }> => {
  const tcp = createServer((socket) => {
    socket.on('data', (chunk: Buffer) => {
      const response = Packet.createResponseFromRequest(Packet.parse(chunk.subarray(2)))
      const [question] = response.questions
      for (const data of zone['long.example']?.texts ?? [])
        if (question !== undefined) response.answers.push(Packet.createResourceFromQuestion(question, { ttl: 5, data }))
      const bytes = response.toBuffer()
      const length = Buffer.alloc(2)
      length.writeUInt16BE(bytes.length)
      // In pieces, as TCP may.
      socket.write(Buffer.concat([length, bytes.subarray(0, 10)]))
      socket.write(bytes.subarray(10))
    })
  }).listen(0, SERVER)
  await once(tcp, 'listening')
  const udp = createSocket('udp4').bind((tcp.address() as AddressInfo).port, SERVER)
  await once(udp, 'listening')
  udp.on('message', (message, from) => {
    const response = Packet.createResponseFromRequest(Packet.parse(message))
    response.header.tc = 1
    udp.send(response.toBuffer(), from.port, from.address)
  })
  return { udp, tcp }
}
