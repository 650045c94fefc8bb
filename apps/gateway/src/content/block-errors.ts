/** A block that was there is not held any more: its root was released meanwhile. */
export class ContentGone extends Error {
  override readonly name = 'ContentGone'
}

/** What is stored for a block does not match its hash; nothing of it was handed out. */
export class CorruptBlock extends Error {
  override readonly name = 'CorruptBlock'
  readonly cid: string

  constructor(cid: string, options?: ErrorOptions) {
    super(`the stored bytes of ${cid} do not match its hash`, options)
    this.cid = cid
  }
}
