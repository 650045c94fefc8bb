'use client'

import type { FormEvent } from 'react'
import { SignInRefused } from '../api/explain'
import { CodeField, secondFactorOf } from '../ui/code-field'
import { ProblemNotice } from '../ui/problem-notice'
import { useSecondFactor } from './use-session'

/** The second step of signing in. `onAgain` goes back to the first. */
export const SecondFactorForm = ({ mfaToken, onAgain }: { mfaToken: string; onAgain: () => void }) => {
  const finish = useSecondFactor(mfaToken)
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    finish.mutate(secondFactorOf(new FormData(event.currentTarget)))
  }
  const isOver = finish.error instanceof SignInRefused && finish.error.code === 'invalid_token'
  return (
    <section className="card narrow" aria-labelledby="second-factor">
      <h1 id="second-factor">One more step</h1>
      {isOver ? (
        <ProblemNotice error={finish.error} />
      ) : (
        <form onSubmit={onSubmit}>
          <CodeField autoFocus />
          {finish.isError ? <ProblemNotice error={finish.error} /> : null}
          <button type="submit" className="button" disabled={finish.isPending || finish.isSuccess}>
            {finish.isPending || finish.isSuccess ? 'Signing in…' : 'Sign in'}
          </button>
        </form>
      )}
      <p className="hint">
        {isOver ? null : 'Lost both? An operator of this platform can take the second factor away. '}
        <button type="button" className="link" onClick={onAgain}>
          Begin again
        </button>
      </p>
    </section>
  )
}
