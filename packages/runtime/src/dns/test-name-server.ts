import type { AddressInfo } from 'node:net'
import { createServer, Packet } from 'dns2'
import type { NameServer } from '../config/gateway-schemas.ts'

/** TXT records by name; `failing` names get SERVFAIL, and what is not there does not exist. */
type TestZone = { texts: Map<string, readonly string[]>; failing: Set<string> }

export type TestNameServer = TestZone & { servers: NameServer[]; asked: string[]; stop(): Promise<void> }

/** A real name server on loopback, for tests. */
export const startTestNameServer = async (): Promise<TestNameServer> => {
  const zone: TestZone = { texts: new Map(), failing: new Set() }
  const asked: string[] = []
  const server = createServer({
    udp: true,
    handle: (request, send) => {
      const response = Packet.createResponseFromRequest(request)
      const [question] = request.questions
      const name = question?.name.toLowerCase() ?? ''
      asked.push(name)
      const texts = zone.texts.get(name)
      if (zone.failing.has(name)) response.header.rcode = Packet.RCODE.SERVFAIL
      else if (texts === undefined) response.header.rcode = Packet.RCODE.NXDOMAIN
      else if (question?.type === Packet.TYPE.TXT)
        for (const data of texts) response.answers.push(Packet.createResourceFromQuestion(question, { ttl: 30, data }))
      send(response)
    },
  })
  const address = '127.0.0.1'
  const { udp } = await server.listen({ udp: { port: 0, address } })
  const { port } = udp as AddressInfo
  return { ...zone, asked, servers: [{ address, port }], stop: async () => void (await server.close()) }
}
