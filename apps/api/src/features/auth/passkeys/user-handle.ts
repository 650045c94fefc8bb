/** How a user is called inside of a passkey: the id's 16 bytes, which say nothing of the person (WebAuthn, 14.6.1). */
export const userHandle = (userId: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(userId.replaceAll('-', ''), 'hex'))
