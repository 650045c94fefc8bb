import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Verdict } from './take-second-factor.ts'

export type Refused = Exclude<Verdict, { is: 'right' }>

/** What somebody may know whose code was not taken. */
export const refusalOf = (verdict: Refused): HoldfastError => {
  switch (verdict.is) {
    case 'wrong':
      return new HoldfastError('invalid_code')
    case 'none':
      return new HoldfastError('not_found', { detail: 'There is no second factor.' })
    case 'locked':
      return new HoldfastError('rate_limited', {
        detail: 'Too many wrong codes: wait, or use a recovery code.',
        headers: { 'retry-after': String(Math.ceil(verdict.forMs / 1000)) },
      })
  }
}
