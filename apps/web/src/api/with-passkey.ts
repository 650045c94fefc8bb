import { WebAuthnError } from '@simplewebauthn/browser'
import { SignInRefused } from './explain'

const wordsOf = (error: Error): string => {
  if (error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED')
    return 'This device has a passkey for the account already'
  if (error.name === 'NotAllowedError' || error.name === 'AbortError') return 'No passkey was given'
  return 'The browser could not do this'
}

/** What a browser says when its user or it refuses, in words. @throws SignInRefused */
export const withPasskey = async <T>(ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new SignInRefused(wordsOf(error), undefined)
  }
}
