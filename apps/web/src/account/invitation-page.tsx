'use client'

import { useQuery } from '@tanstack/react-query'
import { acceptInvitation, readInvitation } from '../api/account'
import { useSession } from '../session/use-session'
import { SignInForm } from '../session/sign-in-form'
import { ProblemNotice } from '../ui/problem-notice'
import { AccountForm } from './account-form'
import { WithToken } from './with-token'

const Invitation = ({ token }: { token: string }) => {
  const session = useSession()
  const invitation = useQuery({ queryKey: ['invitation', token], queryFn: () => readInvitation(token), retry: false })
  if (invitation.isError)
    return (
      <section className="card narrow">
        <h1>Invitation</h1>
        <ProblemNotice error={invitation.error} />
      </section>
    )
  if (invitation.data === undefined || session.isPending) return <p role="status">Loading…</p>
  const { organization, role, email, hasAccount } = invitation.data
  const words = (
    <p>
      {email} is invited to {organization.name}, as {role}.
    </p>
  )
  if (hasAccount && !session.data)
    return (
      <>
        <section className="card narrow">
          <h1>Invitation</h1>
          {words}
          <p>Sign in with this address to accept.</p>
        </section>
        <SignInForm />
      </>
    )
  return (
    <AccountForm
      title="Invitation"
      intro={words}
      fields={session.data ? [] : ['name', 'password']}
      action="Accept"
      submit={({ name, password }) => acceptInvitation(session.data ? { token } : { token, name, password })}
      done={
        <p>
          Welcome. <a href="/">{session.data ? 'Go to the files' : 'Go to sign-in'}</a>
        </p>
      }
    />
  )
}

/** `/invitation#token=…`: joins an organization, as who is signed in or by a new account. */
export const InvitationPage = () => <WithToken>{(token) => <Invitation token={token} />}</WithToken>
