import { ApiProblem } from '@packages/api-client/api-problem'

const UNREACHABLE = 'The platform cannot be reached. Check that it is running, then try again.'

/** Sign-in was refused; `message` is for people, `code` stands in the API's catalogue. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused'
  readonly code: string | undefined

  constructor(message: string, code: string | undefined) {
    super(message)
    this.code = code
  }
}

/** Any thrown thing as a sentence that can be shown. */
export const explain = (error: unknown): string => {
  if (error instanceof ApiProblem || error instanceof SignInRefused) return error.message.replace(/[^.!?]$/, '$&.')
  // What fetch throws when nobody answers.
  if (error instanceof TypeError) return UNREACHABLE
  return 'Something went wrong on this page.'
}

/** The session is over. A wrong password or code is a 401 too, and is not that. */
export const isSignedOut = (error: unknown): boolean =>
  error instanceof ApiProblem &&
  error.status === 401 &&
  error.code !== 'invalid_credentials' &&
  error.code !== 'invalid_code'
