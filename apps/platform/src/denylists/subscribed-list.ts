import { hash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DenyRules } from '@apps/gateway/denylist/deny-rules'
import { readDenyList } from '@apps/gateway/denylist/read-deny-list'
import type { OutgoingCalls } from '@packages/runtime/outgoing/outgoing-calls'

export type SubscribedListDeps = {
  url: string
  file: string
  outgoing: Pick<OutgoingCalls, 'call'>
  now?: () => number
}

export type SubscriptionReport = {
  /** Without its query, in which there may be a secret. */
  url: string
  rules: number
  /** When its server last gave it, or said that it is as it was; null: never. */
  checkedAt: string | null
  /** Why the last try failed; null when it did not. */
  error: string | null
}

type Seen = { etag: string | null; checkedAt: number; rules: number }

/** Where a data folder keeps the last good copy of a list. */
export const subscribedFileOf = (dataDir: string, url: string): string =>
  join(dataDir, 'denylists', `${hash('sha256', url).slice(0, 32)}.deny`)

/** Workers watch the file from their start: there is one before anything was fetched. */
export const prepareSubscribedFile = async (file: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, '', { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

/** A denylist at an address: its last good copy lies in a file, in one piece, and stays whatever comes instead of a list. */
export class SubscribedList {
  readonly #deps: SubscribedListDeps
  #seen: Seen | undefined
  #error: string | null = null

  constructor(deps: SubscribedListDeps) {
    this.#deps = deps
  }

  /** What an earlier process knew of the copy that is here. */
  async open(): Promise<void> {
    const text = await readFile(this.#seenFile, 'utf8').catch(() => null)
    if (text === null) return
    try {
      this.#seen = JSON.parse(text) as Seen
    } catch {
      // Cut short by a crash: the list is asked for anew.
    }
  }

  get isKnown(): boolean {
    return this.#seen !== undefined
  }

  report(): SubscriptionReport {
    return {
      url: this.#deps.url.replace(/\?.*$/s, ''),
      rules: this.#seen?.rules ?? 0,
      checkedAt: this.#seen === undefined ? null : new Date(this.#seen.checkedAt).toISOString(),
      error: this.#error,
    }
  }

  /** Asks for it. @throws what kept it from being renewed; the copy before stays */
  async renew(signal: AbortSignal): Promise<void> {
    try {
      await this.#renew(signal)
      this.#error = null
    } catch (error) {
      this.#error = error instanceof Error ? error.message : String(error)
      throw error
    }
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const { url, file, outgoing, now = Date.now } = this.#deps
    const etag = this.#seen?.etag ?? null
    const headers = { accept: 'text/plain, */*', ...(etag === null ? {} : { 'if-none-match': etag }) }
    const answer = await outgoing.call(url, { headers, signal })
    if (answer.status === 304 && this.#seen !== undefined) {
      answer.cancel()
      await this.#remember({ ...this.#seen, checkedAt: now() })
      return
    }
    if (answer.status !== 200) {
      answer.cancel()
      throw new Error(`its server answers ${answer.status}`)
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await answer.bytes())
    const rules = await this.#rulesOf(text)
    await writeFile(`${file}.new`, text, { mode: 0o600 })
    await rename(`${file}.new`, file)
    await this.#remember({ etag: answer.headers.etag ?? null, checkedAt: now(), rules })
  }

  /** A page of a login or an error is no list, and must not end what is denied; nor must one that has lost all of its rules. */
  async #rulesOf(text: string): Promise<number> {
    const rules = new DenyRules()
    const { bad } = await readDenyList(text, rules)
    if (bad > rules.size) throw new Error(`it is no denylist: ${bad} lines are no rules`)
    if (rules.size === 0 && (this.#seen?.rules ?? 0) > 0) throw new Error('it has no rules any more')
    return rules.size
  }

  async #remember(seen: Seen): Promise<void> {
    this.#seen = seen
    await writeFile(`${this.#seenFile}.new`, JSON.stringify(seen), { mode: 0o600 })
    await rename(`${this.#seenFile}.new`, this.#seenFile)
  }

  get #seenFile(): string {
    return `${this.#deps.file}.json`
  }
}
