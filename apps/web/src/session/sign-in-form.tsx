'use client'

import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { signInElsewhere } from '../api/sign-in'
import { Field } from '../ui/field'
import { ProblemNotice } from '../ui/problem-notice'
import { PasskeyButton } from './passkey-button'
import { SecondFactorForm } from './second-factor-form'
import { useSetup, useSignIn } from './use-session'

/** The way by the operator's sign-in provider. */
const SingleSignOn = ({ label }: { label: string }) => {
  const leave = useMutation({ mutationFn: signInElsewhere })
  return (
    <div className="alternative">
      {leave.isError ? <ProblemNotice error={leave.error} /> : null}
      <button
        type="button"
        className="button quiet"
        disabled={leave.isPending || leave.isSuccess}
        onClick={() => leave.mutate()}
      >
        {label}
      </button>
    </div>
  )
}

export const SignInForm = () => {
  const signIn = useSignIn()
  const setup = useSetup()
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    signIn.mutate({ email: String(form.get('email')), password: String(form.get('password')) })
  }
  const mfaToken = signIn.data?.mfaToken
  if (typeof mfaToken === 'string') return <SecondFactorForm mfaToken={mfaToken} onAgain={signIn.reset} />
  return (
    <section className="card narrow" aria-labelledby="sign-in">
      <h1 id="sign-in">Sign in</h1>
      <form onSubmit={onSubmit}>
        <Field label="E-mail address" name="email" type="email" autoComplete="username" required autoFocus />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required />
        {signIn.isError ? <ProblemNotice error={signIn.error} /> : null}
        <button type="submit" className="button" disabled={signIn.isPending}>
          {signIn.isPending ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
      {setup.data?.singleSignOn ? <SingleSignOn label={setup.data.singleSignOn} /> : null}
      <PasskeyButton />
      {setup.data?.mail ? (
        <p>
          <a href="/forgot-password">Forgot the password?</a>
        </p>
      ) : null}
      {setup.data?.registration === 'open' ? (
        <p>
          <a href="/register">Ask for an account</a>
        </p>
      ) : null}
      {setup.data?.completed === false ? (
        <p className="hint">
          This platform has no account yet. Open the set-up link that <code>npm start</code> has printed.
        </p>
      ) : null}
    </section>
  )
}
