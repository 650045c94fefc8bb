import { type FileHandle, open, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { StartError } from '@packages/runtime/start-error'
import type { TrustedProxies } from '../request/client-address.ts'
import { forwardedOf } from '../request/file-credentials.ts'
import { bytesGivenTo } from '../serve/plain-socket.ts'
import { logLine } from './log-line.ts'

/** Lines wait no longer than this, and no more of them. */
const WAIT_MS = 200
const WAIT_BYTES = 64 * 1024
/** On a disk that is too slow; what comes then is lost, and said to be. */
const MOST_BYTES = 4 * 1024 * 1024
/** The log says who has read what. */
const MODE = 0o600

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (number: number): string => String(number).padStart(2, '0')

/** `[30/Nov/2026:01:02:03 +0000]` */
const timeText = (second: number): string => {
  const date = new Date(second * 1_000)
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`
  return `[${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000]`
}

export type AccessLogDeps = {
  proxies: Pick<TrustedProxies, 'clientOf'>
  /** Told that lines could not be written, and how many. */
  onLost(error: unknown, lines: number): void
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** Before anything is served: a file that cannot be had is a wrong setting. @throws StartError */
export const checkAccessLog = async (path: string): Promise<void> => {
  try {
    await (await open(path, 'a', MODE)).close()
  } catch (error) {
    throw new StartError(`GATEWAY_ACCESS_LOG cannot be opened: ${(error as Error).message}`)
  }
}

/** A line for each answer, appended to a file that workers share. No request ever waits for it, and none fails by it. */
export class AccessLog {
  readonly #path: string
  readonly #deps: AccessLogDeps
  #open: { file: FileHandle; inode: number } | undefined
  #waiting = ''
  #lines = 0
  #lost = 0
  /** The last line may not have been written to its end. */
  #isTorn = false
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #second = 0
  #time = ''

  constructor(path: string, deps: AccessLogDeps) {
    this.#path = path
    this.#deps = deps
  }

  /** The same listener, with a line for each of its answers when it has been sent, or cut. */
  of(listener: Listener): Listener {
    return (request, response) => {
      const { socket } = request
      let before = bytesGivenTo(socket)
      // Answers to what came before it are still on their way.
      if (response.socket === null) response.once('socket', () => (before = bytesGivenTo(socket)))
      listener(request, response)
      let isWritten = false
      const write = (): void => {
        if (isWritten) return
        isWritten = true
        this.#add(request, { status: response.statusCode, bytes: bytesGivenTo(socket) - before })
      }
      if (response.writableEnded && response.writableLength === 0 && response.socket !== null) {
        write()
        return
      }
      // Before the next answer has the connection.
      response.prependOnceListener('finish', write)
      response.once('close', write)
    }
  }

  /** Writes what waits, and what was cut in this turn. */
  async close(): Promise<void> {
    // Connections that were cut tell of it in the next turn.
    await nextTurn()
    await nextTurn()
    clearTimeout(this.#timer)
    await this.#writing
    while (this.#waiting !== '') await this.#flush()
    clearTimeout(this.#timer)
    await this.#open?.file.close()
    this.#open = undefined
  }

  #add(request: IncomingMessage, sent: { status: number; bytes: number }): void {
    if (this.#waiting.length > MOST_BYTES) {
      this.#lost++
      return
    }
    const second = Math.floor(Date.now() / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#time = timeText(second)
    }
    const client = this.#deps.proxies.clientOf(request.socket.remoteAddress ?? '-', forwardedOf(request.rawHeaders))
    this.#waiting += logLine(request, client, this.#time, sent)
    this.#lines++
    if (this.#waiting.length >= WAIT_BYTES) this.#start()
    else this.#timer ??= setTimeout(() => this.#start(), WAIT_MS).unref()
  }

  #start(): void {
    if (this.#writing !== undefined) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#flush().finally(() => {
      this.#writing = undefined
      if (this.#waiting !== '') this.#timer ??= setTimeout(() => this.#start(), WAIT_MS).unref()
    })
  }

  async #flush(): Promise<void> {
    const [text, lines] = [this.#waiting, this.#lines]
    this.#waiting = ''
    this.#lines = 0
    if (text === '') return
    try {
      const file = await this.#named()
      await file.appendFile(this.#isTorn ? `\n${text}` : text, 'latin1')
      this.#isTorn = false
      if (this.#lost > 0) this.#deps.onLost(new Error('the disk was too slow for it'), this.#lost)
    } catch (error) {
      this.#isTorn = this.#open !== undefined
      this.#deps.onLost(error, lines + this.#lost)
    }
    this.#lost = 0
  }

  /** The file that has this name now: the one before may have been moved away. */
  async #named(): Promise<FileHandle> {
    const named = await stat(this.#path).catch(() => undefined)
    if (this.#open !== undefined && named?.ino === this.#open.inode) return this.#open.file
    const file = await open(this.#path, 'a', MODE)
    const before = this.#open
    this.#open = { file, inode: (await file.stat()).ino }
    this.#isTorn = false
    await before?.file.close()
    return file
  }
}
