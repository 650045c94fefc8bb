'use client'

import { useEffect, useState } from 'react'
import { SecondFactorForm } from '../session/second-factor-form'
import { useSession } from '../session/use-session'
import { Frame } from '../ui/frame'
import { type SsoResult, ssoResult } from './sso-result'

const toStart = () => window.location.assign('/')

/** Reads the fragment once, and takes it out of the address, the history and screenshots. */
const useSsoResult = (): SsoResult | undefined => {
  const [result, setResult] = useState<SsoResult>()
  useEffect(() => {
    const read = ssoResult(window.location.hash)
    window.history.replaceState(null, '', window.location.pathname)
    setResult((before) => before ?? read)
  }, [])
  return result
}

const SecondStep = ({ mfaToken }: { mfaToken: string }) => {
  const session = useSession()
  useEffect(() => {
    if (session.data) toStart()
  }, [session.data])
  return <SecondFactorForm mfaToken={mfaToken} onAgain={toStart} />
}

/** `/sso`: where a sign-in by the provider ends when it is not finished: with a refusal, or with a code to be shown. */
export const SsoPage = () => {
  const result = useSsoResult()
  return (
    <Frame>
      {result === undefined ? null : 'mfaToken' in result ? (
        <SecondStep mfaToken={result.mfaToken} />
      ) : (
        <section className="card narrow" aria-labelledby="sso">
          <h1 id="sso">You are not signed in</h1>
          <div className="notice" role="alert">
            <p>{result.refusal}</p>
          </div>
          <p>
            <a href="/">Go to sign-in</a>
          </p>
        </section>
      )}
    </Frame>
  )
}
