import { Agent, request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export type CarAnswer = {
  status: number
  body: { code?: string; files?: { file: { cid: string } }[] } & Record<string, unknown>
}

const TRIES = 5

/**
 * Posts a CAR, made as it is sent. A server that refuses it in the middle closes while we send, and the reset can overtake its answer (RFC 9112, 9.6): then
 * it is asked again.
 */
export const sendCar = async (
  where: { apiUrl: string; key: string },
  source: () => Iterable<Uint8Array>,
): Promise<CarAnswer> => {
  for (let tries = 1; ; tries++) {
    try {
      return await sendOnce(where, source())
    } catch (error) {
      if (tries === TRIES) throw error
    }
  }
}

const sendOnce = async (
  { apiUrl, key }: { apiUrl: string; key: string },
  source: Iterable<Uint8Array>,
): Promise<CarAnswer> => {
  // A server that may keep the connection reads on for a while after a refusal: without that, closing would cut off its answer.
  const agent = new Agent({ keepAlive: true })
  const sending = request(`${apiUrl}/api/v1/files/car`, {
    method: 'POST',
    agent,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/vnd.ipld.car',
      'transfer-encoding': 'chunked',
    },
  })
  const answered = new Promise<CarAnswer>((resolve, reject) => {
    sending.once('error', reject)
    sending.once('response', async (response) => {
      try {
        const text = Buffer.concat(await response.toArray()).toString()
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) })
      } catch (error) {
        reject(error)
      }
    })
  })
  const sent = pipeline(Readable.from(source, { objectMode: false }), sending).catch((error: unknown) => error)
  const answer = await answered
  sending.destroy()
  await sent
  agent.destroy()
  return answer
}
