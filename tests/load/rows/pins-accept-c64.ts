import { pinsAccept } from './pins-accept.ts'
export const pinsAcceptC64 = pinsAccept(64, 2_000)
