'use client'

import { ApiProblem } from '@packages/api-client/api-problem'
import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { setUp } from '../api/set-up'
import { signIn } from '../api/sign-in'
import { Field } from '../ui/field'
import { ProblemNotice } from '../ui/problem-notice'

type Entries = { token: string; name: string; email: string; password: string }

/** Makes the administrator, signs in as that one, then goes to the files. */
const useSetUp = () =>
  useMutation({
    mutationFn: async (entries: Entries) => {
      await setUp(entries)
      await signIn(entries)
    },
    onSuccess: () => window.location.replace('/'),
  })

const fieldError = (error: unknown, path: string): string | undefined =>
  error instanceof ApiProblem ? error.fields.find((field) => field.path === path)?.message : undefined

/** `token` null: the link had none, so it is asked for. */
export const SetupForm = ({ token }: { token: string | null }) => {
  const setup = useSetUp()
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const entry = (name: string) => String(form.get(name) ?? '').trim()
    setup.mutate({
      token: token ?? entry('token'),
      name: entry('name'),
      email: entry('email'),
      password: String(form.get('password')),
    })
  }
  const error = (path: string) => fieldError(setup.error, path)
  const closed = setup.error instanceof ApiProblem && setup.error.code === 'setup_closed'
  return (
    <section className="card narrow" aria-labelledby="set-up">
      <h1 id="set-up">Set up Holdfast</h1>
      <p>You make the first account here. It administers this platform.</p>
      <form onSubmit={onSubmit}>
        {token === null ? (
          <Field
            label="Set-up token"
            name="token"
            autoComplete="off"
            required
            hint="It stands in the link that npm start printed, after #token="
            error={error('token')}
          />
        ) : null}
        <Field label="Your name" name="name" autoComplete="name" required error={error('name')} />
        <Field
          label="E-mail address"
          name="email"
          type="email"
          autoComplete="username"
          required
          error={error('email')}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          minLength={8}
          hint="At least 8 characters; longer is better"
          error={error('password')}
        />
        {setup.isError ? <ProblemNotice error={setup.error} /> : null}
        {closed ? (
          <p>
            <a href="/">Go to sign-in</a>
          </p>
        ) : null}
        <button type="submit" className="button" disabled={setup.isPending || setup.isSuccess}>
          {setup.isPending || setup.isSuccess ? 'Setting up…' : 'Create the account'}
        </button>
      </form>
    </section>
  )
}
