'use client'

import { ApiProblem } from '@packages/api-client/api-problem'
import { useMutation } from '@tanstack/react-query'
import type { FormEvent, ReactNode } from 'react'
import { Field } from '../ui/field'
import { ProblemNotice } from '../ui/problem-notice'

type Entry = 'name' | 'email' | 'password'

const FIELDS = {
  name: { label: 'Your name', autoComplete: 'name' },
  email: { label: 'E-mail address', type: 'email', autoComplete: 'username' },
  password: {
    label: 'New password',
    type: 'password',
    autoComplete: 'new-password',
    minLength: 8,
    hint: 'At least 8 characters; longer is better',
  },
} as const

type AccountFormProps = {
  title: string
  intro: ReactNode
  fields: readonly Entry[]
  action: string
  submit: (entries: Record<Entry, string>) => Promise<void>
  /** Shown in place of the form once it is done. */
  done: ReactNode
}

/** A card with a few fields of an account: what the links in mails lead to. */
export const AccountForm = ({ title, intro, fields, action, submit, done }: AccountFormProps) => {
  const sending = useMutation({ mutationFn: submit })
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const entry = (name: Entry) => String(form.get(name) ?? '')
    sending.mutate({ name: entry('name').trim(), email: entry('email').trim(), password: entry('password') })
  }
  const error = (path: Entry) =>
    sending.error instanceof ApiProblem ? sending.error.fields.find((field) => field.path === path)?.message : undefined
  return (
    <section className="card narrow" aria-labelledby="account">
      <h1 id="account">{title}</h1>
      {sending.isSuccess ? (
        <div role="status">{done}</div>
      ) : (
        <form onSubmit={onSubmit}>
          {intro}
          {fields.map((name) => (
            <Field key={name} name={name} required {...FIELDS[name]} error={error(name)} />
          ))}
          {sending.isError ? <ProblemNotice error={sending.error} /> : null}
          <button type="submit" className="button" disabled={sending.isPending}>
            {action}
          </button>
        </form>
      )}
    </section>
  )
}
