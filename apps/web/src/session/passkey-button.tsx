'use client'

import { browserSupportsWebAuthn } from '@simplewebauthn/browser'
import { ProblemNotice } from '../ui/problem-notice'
import { usePasskeySignIn, useSetup } from './use-session'

/** Signs in without a password, where platform and browser can. */
export const PasskeyButton = () => {
  const setup = useSetup()
  const signIn = usePasskeySignIn()
  if (setup.data?.passkeys !== true || !browserSupportsWebAuthn()) return null
  return (
    <div className="alternative">
      {signIn.isError ? <ProblemNotice error={signIn.error} /> : null}
      <button type="button" className="button quiet" disabled={signIn.isPending} onClick={() => signIn.mutate()}>
        Sign in with a passkey
      </button>
    </div>
  )
}
