import { hash, randomBytes } from 'node:crypto'

/** 256 random bits that a receipt is asked for with, and what is kept of them. */
export const makeReceiptToken = (): { token: string; tokenHash: Buffer } => {
  const token = `hfer_${randomBytes(32).toString('base64url')}`
  return { token, tokenHash: hashReceiptToken(token) }
}

export const hashReceiptToken = (token: string): Buffer => hash('sha256', token, 'buffer')
