'use client'

import type { FormEvent } from 'react'
import type { BothFactors } from '../api/security'
import { CodeField, secondFactorOf } from '../ui/code-field'
import { ProblemNotice } from '../ui/problem-notice'
import { IdentityField, useIdentity } from './identity'

type BothFactorsFormProps = {
  action: string
  danger?: boolean
  change: { mutate: (both: BothFactors) => void; isPending: boolean; error: unknown }
  onCancel: () => void
}

/** Asks who somebody is, and for a code, again, as a change of the second factor takes. */
export const BothFactorsForm = ({ action, danger = false, change, onCancel }: BothFactorsFormProps) => {
  const { isReady, identityOf, forget } = useIdentity()
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    change.mutate({ ...identityOf(form), ...secondFactorOf(form) })
    forget()
  }
  return (
    <form onSubmit={onSubmit} className="short">
      <IdentityField autoFocus />
      <CodeField />
      {change.error ? <ProblemNotice error={change.error} /> : null}
      <div className="actions">
        <button type="submit" className={danger ? 'button danger' : 'button'} disabled={!isReady || change.isPending}>
          {action}
        </button>
        <button type="button" className="button quiet" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  )
}
