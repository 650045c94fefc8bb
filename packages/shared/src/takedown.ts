import { base58Text } from './base58-text.ts'
import type { CID } from 'multiformats/cid'

/** What a gateway answers for it: gone, or unavailable for legal reasons (RFC 7725). */
export const TAKEDOWN_STATUSES = [410, 451] as const
export type TakedownStatus = (typeof TAKEDOWN_STATUSES)[number]

/** Of a row, which the database lets hold these two alone. */
export const takedownStatusOf = (status: number): TakedownStatus => (status === 410 ? 410 : 451)

/** What everybody who serves or takes content needs to know of one. */
export type Takedown = { status: TakedownStatus; caseNumber: string }

export type Hashed = Pick<CID, 'multihash'>

/** What a takedown is found by: the multihash in base58btc, which every encoding and codec of a CID has. */
export const takedownKey = ({ multihash }: Hashed): string => base58Text(multihash.bytes)
