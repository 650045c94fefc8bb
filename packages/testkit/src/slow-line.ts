import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const SLICES_PER_SECOND = 10

/** Stands before a loopback port and passes bytes on: as fast as they come, at a rate that all its connections share, or not at all. */
export class SlowLine {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #bytesPerSecond: number | null = null
  #isCut = false
  /** Whoever sends next waits for who sends now. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(port: number) {
    this.#server = createServer({ allowHalfOpen: true }, (from) => {
      if (this.#isCut) return void from.destroy()
      const to = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
      this.#join(from, to)
    })
  }

  static async before(port: number): Promise<SlowLine> {
    const line = new SlowLine(port)
    line.#server.listen(0, '127.0.0.1')
    await once(line.#server, 'listening')
    return line
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** @param bytesPerSecond null: as fast as it goes */
  limit(bytesPerSecond: number | null): void {
    this.#bytesPerSecond = bytesPerSecond
  }

  /** While it is cut, connections end and new ones end at once. */
  cut(isCut: boolean): void {
    this.#isCut = isCut
    if (isCut) for (const socket of this.#sockets) socket.destroy()
  }

  async end(): Promise<void> {
    this.cut(true)
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(one: Socket, other: Socket): void {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      this.#sockets.add(from)
      from.on('error', () => to.destroy())
      from.once('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
      void this.#pump(from, to).catch(() => to.destroy())
    }
  }

  async #pump(from: Socket, to: Socket): Promise<void> {
    for await (const chunk of from as AsyncIterable<Buffer>)
      for (let at = 0; at < chunk.length; ) {
        const rate = this.#bytesPerSecond
        const size = rate === null ? chunk.length : Math.max(1, Math.floor(rate / SLICES_PER_SECOND))
        if (rate !== null) await (this.#turn = this.#turn.then(() => sleep(1_000 / SLICES_PER_SECOND)))
        if (to.destroyed) return
        const slice = chunk.subarray(at, at + size)
        at += slice.length
        if (!to.write(slice)) await untilDrained(to)
      }
    to.end()
  }
}

const untilDrained = async (to: Socket): Promise<void> => {
  const over = new AbortController()
  const { signal } = over
  try {
    await Promise.race([once(to, 'drain', { signal }), once(to, 'close', { signal })])
  } finally {
    over.abort()
  }
}
