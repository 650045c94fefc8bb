import { ApiProblem } from '@packages/api-client/api-problem'

const UNREACHABLE = 'The platform cannot be reached. Check that it is running, then try again.'

/** Sign-in was refused; `message` is for people. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused'
}

/** Any thrown thing as a sentence that can be shown. */
export const explain = (error: unknown): string => {
  if (error instanceof ApiProblem || error instanceof SignInRefused) return error.message.replace(/[^.!?]$/, '$&.')
  // What fetch throws when nobody answers.
  if (error instanceof TypeError) return UNREACHABLE
  return 'Something went wrong on this page.'
}

export const isSignedOut = (error: unknown): boolean => error instanceof ApiProblem && error.status === 401
