import { HoldfastError } from '@packages/shared/holdfast-error'

/** Private bytes that are not what this root's key sealed for this tenant: changed, moved, or another key's (`internal`). Tells nothing of them. */
export class PrivateContentDamaged extends HoldfastError {
  constructor(reason: string, { cause }: { cause?: unknown } = {}) {
    super('internal', { cause: new Error(reason, { cause }) })
  }
}
