'use client'

import { FilesPage } from '../files/files-page'
import { SetupForm } from '../setup/setup-form'
import { useSetupToken } from '../setup/use-setup-token'
import { Frame } from '../ui/frame'
import { ProblemNotice } from '../ui/problem-notice'
import { AccountBar } from './account-bar'
import { SignInForm } from './sign-in-form'
import { useSession } from './use-session'

/** `/`: the files of whoever is signed in, otherwise the way in. */
export const FirstPage = () => {
  const session = useSession()
  const token = useSetupToken()
  if (session.data) {
    return (
      <Frame aside={<AccountBar email={session.data.email} />}>
        <FilesPage defaultVisibility={session.data.defaultVisibility} />
      </Frame>
    )
  }
  return (
    <Frame>
      {session.isPending || token === undefined ? (
        <p className="loading" role="status">
          Loading…
        </p>
      ) : session.isError ? (
        <section className="card narrow">
          <h1>Holdfast</h1>
          <ProblemNotice error={session.error} onRetry={() => void session.refetch()} />
        </section>
      ) : token !== null ? (
        <SetupForm token={token} />
      ) : (
        <SignInForm />
      )}
    </Frame>
  )
}
