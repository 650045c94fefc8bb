import { HoldfastError } from '@packages/shared/holdfast-error'

/** The bytes are no CAR; `why` goes on after a colon. */
export const invalidCar = (why: string, cause?: unknown): HoldfastError =>
  new HoldfastError('invalid_car', {
    detail: `This is not a valid CAR: ${why}.`,
    ...(cause === undefined ? {} : { cause }),
  })

export const truncatedCar = (where: string): HoldfastError =>
  new HoldfastError('truncated_body', { detail: `The CAR ended ${where}.` })

export const tooManyRoots = (maxRoots: number): HoldfastError =>
  new HoldfastError('payload_too_large', { detail: `A CAR may have ${maxRoots} roots at most.` })
