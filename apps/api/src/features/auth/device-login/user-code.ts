import { randomInt } from 'node:crypto'

/** Consonants: no words come up, and nothing looks like something else (RFC 8628, 6.1). 20^8 codes are 34 bits. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'
const LENGTH = 8
const CODE = /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/

export const makeUserCode = (): string =>
  Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')

/** As it is shown: `WDJB-MJHT`. */
export const shownUserCode = (code: string): string => `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`

/** A code as a person typed it, in any case, with or without dash and blanks; undefined for what no code can be. */
export const readUserCode = (typed: string): string | undefined => {
  const code = typed.replaceAll(/[\s-]/g, '').toUpperCase()
  return CODE.test(code) ? code : undefined
}
