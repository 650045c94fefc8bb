import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import type { NameServer } from '../config/gateway-schemas.ts'

/** One question and its answer, as bytes. Answers that are not this question's are passed over. */
export type Exchange = (
  server: NameServer,
  question: Buffer,
  options: { isAnswer(message: Buffer): boolean; signal: AbortSignal },
) => Promise<Buffer>

/** More than all TXT records of one name come to. */
const MAX_MESSAGE = 16_384

/** By UDP, from a port of its own each time: who wants to forge an answer has to guess it. @throws the signal's reason */
export const askByUdp: Exchange = (server, question, { isAnswer, signal }) =>
  new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4')
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', onAbort)
      socket.close()
      settle()
    }
    const onAbort = (): void => end(() => reject(signal.reason as Error))
    socket.once('error', (error) => end(() => reject(error)))
    socket.on('message', (message) => {
      if (isAnswer(message)) end(() => resolve(message))
    })
    signal.addEventListener('abort', onAbort, { once: true })
    // Connected: the kernel drops what other senders write.
    socket.connect(server.port, server.address, () => socket.send(question))
  })

/** By TCP, for what does not fit into a datagram. @throws the signal's reason */
export const askByTcp: Exchange = (server, question, { isAnswer, signal }) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: server.address, port: server.port, signal })
    const length = Buffer.alloc(2)
    length.writeUInt16BE(question.length)
    let seen = Buffer.alloc(0)
    const end = (settle: () => void): void => {
      socket.destroy()
      settle()
    }
    socket.once('error', (error) => end(() => reject((signal.reason as Error | undefined) ?? error)))
    socket.once('end', () => end(() => reject(new Error('the name server ended the connection'))))
    socket.on('data', (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk])
      if (seen.length > MAX_MESSAGE + 2) return end(() => reject(new Error('the answer is too long')))
      if (seen.length < 2 || seen.length < 2 + seen.readUInt16BE()) return
      const message = seen.subarray(2, 2 + seen.readUInt16BE())
      end(() => (isAnswer(message) ? resolve(message) : reject(new Error('the answer is to another question'))))
    })
    socket.write(Buffer.concat([length, question]))
  })
