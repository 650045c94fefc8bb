import { pinsAccept } from './pins-accept.ts'
export const pinsAcceptC8 = pinsAccept(8, 1_000)
