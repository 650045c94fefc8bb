import type { Database } from '@packages/db/open-database'
import { type MasterKey, UnsealError } from '@packages/runtime/master-key'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { openMail } from '@packages/runtime/sealed-mail'
import type { Service } from '@packages/runtime/service'
import type { JobPayload } from '@packages/shared/jobs'
import { type Mailer, MailRefused } from './mailer.ts'
import { renderMail } from './render-mail.ts'

export type MailWorkerDeps = {
  db: { jobs: Pick<Database['jobs'], 'work'> }
  masterKey: MasterKey
  mailer: Mailer
  logger: MinimalLogger
}

/**
 * Sends what the job `send-mail` asks for. A server that does not answer is tried again with growing delays (the
 * queue's); what is refused for good, or was sealed under another key, is told in the log and dropped. A crash
 * between the server's answer and ours sends a mail twice, with one Message-ID.
 */
export class MailWorker implements Service {
  readonly name = 'mail-worker'
  readonly #deps: MailWorkerDeps

  constructor(deps: MailWorkerDeps) {
    this.#deps = deps
  }

  async start(): Promise<void> {
    // One at a time in a batch: jobs of a batch fail together, and none may be sent again for another's sake.
    await this.#deps.db.jobs.work('send-mail', { batchSize: 1, concurrency: 4 }, async (payloads) => {
      for (const payload of payloads) await this.#send(payload)
    })
  }

  async stop(): Promise<void> {
    this.#deps.mailer.close()
  }

  async #send(payload: JobPayload<'send-mail'>): Promise<void> {
    const { id } = payload
    const { masterKey, mailer, logger } = this.#deps
    try {
      const mail = openMail(masterKey, payload)
      if (mail === null) return
      await mailer.send({ id, to: mail.to, ...(await renderMail(mail.content)) })
    } catch (error) {
      if (!(error instanceof MailRefused || error instanceof UnsealError)) throw error
      logger.error({ err: error, mailId: id }, 'a mail cannot be sent and is dropped')
    }
  }
}
