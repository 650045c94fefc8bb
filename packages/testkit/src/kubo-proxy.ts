import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How a listing of pins ends too early: as Kubo tells of a failure after its 200, or with the connection. */
export type BrokenListing = 'trailer' | 'cut'

/** Stands before a real Kubo and passes all on, trailers as well, until it is told to break listings off after their first bytes. */
export type KuboProxy = AsyncDisposable & {
  url: string
  /** What was asked for, such as `/api/v0/id`, as it came. */
  asked: readonly string[]
  breakListings(how: BrokenListing | null): void
}

export const startKuboProxy = async (api: string): Promise<KuboProxy> => {
  let broken: BrokenListing | null = null
  const paths: string[] = []
  const server = createServer((asked, answer) => {
    paths.push(asked.url ?? '/')
    const onward = request(new URL(asked.url ?? '/', api), { method: asked.method ?? 'POST', headers: asked.headers })
    onward.on('error', () => void answer.destroy())
    answer.on('close', () => void onward.destroy())
    asked.on('error', () => {})
    asked.pipe(onward)
    onward.on('response', (message) => {
      const isListing = asked.url?.includes('stream=true') === true
      answer.writeHead(message.statusCode ?? 500, message.headers)
      if (isListing && broken !== null) breakOff(message, answer, broken)
      else passOn(message, answer)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: paths,
    breakListings: (how) => void (broken = how),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

const passOn = (message: IncomingMessage, answer: ServerResponse): void => {
  message.on('data', (piece) => void answer.write(piece))
  message.on('aborted', () => void answer.destroy())
  message.on('end', () => {
    answer.addTrailers(message.trailers as Record<string, string>)
    answer.end()
  })
}

const breakOff = (message: IncomingMessage, answer: ServerResponse, how: BrokenListing): void => {
  message.once('data', (piece: Buffer) => {
    message.destroy()
    // Whole lines, so that nothing but the end tells that more was to come.
    answer.write(piece.subarray(0, piece.indexOf('\n') + 1), () => {
      if (how === 'cut') return void answer.destroy()
      answer.addTrailers({ 'X-Stream-Error': 'context canceled' })
      answer.end()
    })
  })
}
