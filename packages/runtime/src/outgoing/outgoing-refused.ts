export type RefusalReason =
  | 'address' // a name or literal of a network that is not for users
  | 'header'
  | 'port'
  | 'scheme'
  | 'spelling' // not the one plain way to write the address
  | 'unresolved'
  | 'too-large'

/** A call that the guard does not make, or cuts. The message names host or limit, never path, query or credentials. */
export class OutgoingRefused extends Error {
  override readonly name = 'OutgoingRefused'
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string) {
    super(message)
    this.reason = reason
  }
}
