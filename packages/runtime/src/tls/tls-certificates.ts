import { unwatchFile, watchFile } from 'node:fs'
import type { MinimalLogger } from '../minimal-logger.ts'
import { EXIT_CONFIG, StartError } from '../start-error.ts'
import { certificateOf, readTlsPair, type TlsFiles, type TlsPair, TlsPairProblem } from './tls-pair.ts'
import type { ListenerTls, TlsVersion } from './tls-server.ts'

export type TlsSettings = TlsFiles & { minVersion: TlsVersion }

/** How often the files are looked at. By name: it follows links that are set anew, and works on network drives. */
const LOOK_MS = 2_000
/** Certificate and key are two files: the other one may still be being written. */
const SETTLE_MS = 500
const SOON_MS = 14 * 86_400_000

export type TlsTimes = { lookMs?: number; settleMs?: number }

/**
 * The certificate that listeners show, read again when its files change. A new pair takes the old one's place only as a whole and
 * when it fits; otherwise the old one stays and the log says why.
 */
export class TlsCertificates {
  readonly #settings: TlsSettings
  readonly #logger: MinimalLogger
  readonly #settleMs: number
  readonly #listeners = new Set<(tls: ListenerTls) => void>()
  #pair: TlsPair
  #reading: Promise<void> = Promise.resolve()
  #settling: NodeJS.Timeout | undefined

  private constructor(settings: TlsSettings, pair: TlsPair, logger: MinimalLogger, times: TlsTimes) {
    this.#settings = settings
    this.#pair = pair
    this.#logger = logger
    this.#settleMs = times.settleMs ?? SETTLE_MS
    this.#tellValidity()
    for (const file of this.#files)
      watchFile(file, { interval: times.lookMs ?? LOOK_MS, persistent: false }, this.#changed)
  }

  /** @throws StartError with exit code 78 when the files cannot be used */
  static async open(settings: TlsSettings, logger: MinimalLogger, times: TlsTimes = {}): Promise<TlsCertificates> {
    try {
      return new TlsCertificates(settings, await readTlsPair(settings), logger, times)
    } catch (cause) {
      if (cause instanceof TlsPairProblem) throw new StartError(cause.message, { exitCode: EXIT_CONFIG, cause })
      throw cause
    }
  }

  get current(): ListenerTls {
    return { ...this.#pair, minVersion: this.#settings.minVersion }
  }

  /** Called with each new pair. @returns what ends that */
  onChange(listener: (tls: ListenerTls) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Reads the files now; one reading after the other. Never rejects. */
  reload(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read())
    return this.#reading
  }

  async close(): Promise<void> {
    clearTimeout(this.#settling)
    for (const file of this.#files) unwatchFile(file, this.#changed)
    this.#listeners.clear()
    await this.#reading
  }

  get #files(): string[] {
    return [this.#settings.certFile, this.#settings.keyFile]
  }

  readonly #changed = (): void => {
    clearTimeout(this.#settling)
    this.#settling = setTimeout(() => void this.reload(), this.#settleMs)
  }

  async #read(): Promise<void> {
    try {
      const pair = await readTlsPair(this.#settings)
      if (pair.cert === this.#pair.cert && pair.key === this.#pair.key) return
      this.#pair = pair
    } catch (error) {
      const reason = error instanceof TlsPairProblem ? error.message : String(error)
      this.#logger.error({ reason }, 'the new certificate cannot be used; the one before stays in use')
      return
    }
    for (const listener of this.#listeners) listener(this.current)
    this.#logger.info({}, 'a new certificate is in use')
    this.#tellValidity()
  }

  #tellValidity(): void {
    const { subject, validToDate } = certificateOf(this.#pair.cert, this.#settings.certFile)
    const facts = { subject, until: validToDate.toISOString() }
    if (validToDate.getTime() < Date.now()) this.#logger.error(facts, 'the certificate of TLS_CERT has expired')
    else if (validToDate.getTime() < Date.now() + SOON_MS)
      this.#logger.warn(facts, 'the certificate of TLS_CERT expires soon')
  }
}
