import { hash, randomBytes } from 'node:crypto'

const PREFIX = 'hfgw_'
const SECRET_BYTES = 32

/** By which a token is found, in hex: what is stored, and what workers compare. The bits are random, so no salt is needed. */
export const hashGatewayToken = (token: string): string => hash('sha256', `holdfast/gateway/v1\n${token}`)

/** A new token, `hfgw_<256 random bits>` in hex, and the hash that is stored. The token itself never is. */
export const makeGatewayToken = (): { token: string; tokenHash: Buffer } => {
  const token = `${PREFIX}${randomBytes(SECRET_BYTES).toString('hex')}`
  return { token, tokenHash: Buffer.from(hashGatewayToken(token), 'hex') }
}
