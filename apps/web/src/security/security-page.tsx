'use client'

import { useEffect, useState } from 'react'
import { AccountBar } from '../session/account-bar'
import { SignInForm } from '../session/sign-in-form'
import { useSession } from '../session/use-session'
import { Frame } from '../ui/frame'
import { ProblemNotice } from '../ui/problem-notice'
import { ErasedCard } from './erased-card'
import { ConfirmationProvider } from './identity'
import { PasskeysCard } from './passkeys-card'
import { type ProviderResult, providerResult } from './provider-result'
import { SecondFactorCard } from './second-factor-card'
import { SessionsCard } from './sessions-card'
import { SingleSignOnCard } from './single-sign-on-card'
import { YourDataCard } from './your-data-card'

/** Reads the fragment once, and takes it out of the address, the history and screenshots. */
const useProviderResult = (): ProviderResult | undefined => {
  const [result, setResult] = useState<ProviderResult>()
  useEffect(() => {
    const read = providerResult(window.location.hash)
    if (read === undefined) return
    window.history.replaceState(null, '', window.location.pathname)
    setResult(read)
  }, [])
  return result
}

const ResultNotice = ({ result }: { result: ProviderResult | undefined }) => {
  if (result === undefined) return null
  if ('refusal' in result)
    return (
      <div className="notice" role="alert">
        <p>{result.refusal}</p>
      </div>
    )
  return (
    <p className="confirmed" role="status">
      {'linked' in result
        ? 'The sign-in provider opens your account from now on.'
        : 'You have shown who you are. Go on within five minutes.'}
    </p>
  )
}

/** `/security`: how the account is signed in to, where it is, and its end. */
export const SecurityPage = () => {
  const session = useSession()
  const result = useProviderResult()
  const [receiptToken, setReceiptToken] = useState<string>()
  const confirmation = result !== undefined && 'confirmation' in result ? result.confirmation : null
  if (receiptToken !== undefined)
    return (
      <Frame>
        <ErasedCard receiptToken={receiptToken} />
      </Frame>
    )
  if (session.data)
    return (
      <Frame aside={<AccountBar email={session.data.email} />}>
        <h1 className="page-heading">Security</h1>
        <ResultNotice result={result} />
        <ConfirmationProvider given={confirmation}>
          <SecondFactorCard />
          <PasskeysCard />
          <SingleSignOnCard />
          <SessionsCard />
          <YourDataCard me={session.data} isErasing={confirmation !== null} onErased={setReceiptToken} />
        </ConfirmationProvider>
      </Frame>
    )
  return (
    <Frame>
      {session.isPending ? (
        <p className="loading" role="status">
          Loading…
        </p>
      ) : session.isError ? (
        <section className="card narrow">
          <h1>Security</h1>
          <ProblemNotice error={session.error} onRetry={() => void session.refetch()} />
        </section>
      ) : (
        <SignInForm />
      )}
    </Frame>
  )
}
