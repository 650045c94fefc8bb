'use client'

import type { FormEvent } from 'react'
import type { BothFactors } from '../api/security'
import { CodeField, secondFactorOf } from '../ui/code-field'
import { Field } from '../ui/field'
import { ProblemNotice } from '../ui/problem-notice'

type BothFactorsFormProps = {
  action: string
  danger?: boolean
  change: { mutate: (both: BothFactors) => void; isPending: boolean; error: unknown }
  onCancel: () => void
}

/** Asks for the password and a code again, as a change of the second factor takes. */
export const BothFactorsForm = ({ action, danger = false, change, onCancel }: BothFactorsFormProps) => {
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    change.mutate({ password: String(form.get('password')), ...secondFactorOf(form) })
  }
  return (
    <form onSubmit={onSubmit} className="short">
      <Field label="Password" name="password" type="password" autoComplete="current-password" required autoFocus />
      <CodeField />
      {change.error ? <ProblemNotice error={change.error} /> : null}
      <div className="actions">
        <button type="submit" className={danger ? 'button danger' : 'button'} disabled={change.isPending}>
          {action}
        </button>
        <button type="button" className="button quiet" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  )
}
