'use client'

import { AccountBar } from '../session/account-bar'
import { SignInForm } from '../session/sign-in-form'
import { useSession } from '../session/use-session'
import { Frame } from '../ui/frame'
import { ProblemNotice } from '../ui/problem-notice'
import { PasskeysCard } from './passkeys-card'
import { SecondFactorCard } from './second-factor-card'
import { SessionsCard } from './sessions-card'

/** `/security`: how the account is signed in to, and where it is. */
export const SecurityPage = () => {
  const session = useSession()
  if (session.data)
    return (
      <Frame aside={<AccountBar email={session.data.email} />}>
        <h1 className="page-heading">Security</h1>
        <SecondFactorCard />
        <PasskeysCard />
        <SessionsCard />
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
