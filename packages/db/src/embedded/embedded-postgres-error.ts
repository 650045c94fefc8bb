import { StartError } from '@packages/runtime/start-error'

/** The embedded PostgreSQL cannot run; `message` is one line for the operator. */
export class EmbeddedPostgresError extends StartError {
  override readonly name = 'EmbeddedPostgresError'
}
