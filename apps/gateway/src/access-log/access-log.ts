import { type FileHandle, open, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TrustedProxies } from '../request/client-address.ts'
import { forwardedOf } from '../request/file-credentials.ts'
import { bytesGivenTo } from '../serve/plain-socket.ts'
import { logLine } from './log-line.ts'

/** Lines wait no longer than this, and no more of them. */
const WAIT_MS = 200
const WAIT_BYTES = 64 * 1024
/** On a disk that takes none; what comes then is lost, and said to be. */
const MOST_BYTES = 4 * 1024 * 1024
/** How often it is looked whether the file was moved away, as logrotate does. */
const LOOK_MS = 1_000
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
  /** Told that lines could not be written, and how many have been lost. */
  onLost(error: unknown, lines: number): void
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** A line for each answer, appended to a file that workers share. No request ever waits for it. */
export class AccessLog {
  readonly #path: string
  readonly #deps: AccessLogDeps
  #file: FileHandle
  #inode: number
  #lookedAt = performance.now()
  #waiting = ''
  #lines = 0
  #lost = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #second = 0
  #time = ''

  private constructor(path: string, file: FileHandle, inode: number, deps: AccessLogDeps) {
    this.#path = path
    this.#file = file
    this.#inode = inode
    this.#deps = deps
  }

  /** @throws what opening the file says */
  static async open(path: string, deps: AccessLogDeps): Promise<AccessLog> {
    const file = await open(path, 'a', MODE)
    return new AccessLog(path, file, (await file.stat()).ino, deps)
  }

  /** The same listener, with a line for each of its answers when it has been sent, or cut. */
  of(listener: Listener): Listener {
    return (request, response) => {
      const { socket } = request
      const before = bytesGivenTo(socket)
      listener(request, response)
      const write = (): void =>
        this.#add(request, { status: response.statusCode, bytes: bytesGivenTo(socket) - before })
      // All has left already.
      if (response.writableEnded && response.writableLength === 0) write()
      else response.once('close', write)
    }
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    await this.#writing
    await this.#flush()
    await this.#file.close()
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
      await this.#follow()
      await this.#file.appendFile(text, 'latin1')
      if (this.#lost > 0) this.#deps.onLost(new Error('the disk was too slow for it'), this.#lost)
      this.#lost = 0
    } catch (error) {
      this.#deps.onLost(error, lines + this.#lost)
      this.#lost = 0
    }
  }

  /** The file of this name, when the one that is open has another by now. */
  async #follow(): Promise<void> {
    const now = performance.now()
    if (now - this.#lookedAt < LOOK_MS) return
    this.#lookedAt = now
    const named = await stat(this.#path).catch(() => undefined)
    if (named?.ino === this.#inode) return
    const file = await open(this.#path, 'a', MODE)
    const before = this.#file
    this.#file = file
    this.#inode = (await file.stat()).ino
    await before.close()
  }
}
