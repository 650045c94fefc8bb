'use client'

import type { FormEvent } from 'react'
import { useAnnounce } from '../ui/announcer'
import { CodeField, secondFactorOf } from '../ui/code-field'
import { Field } from '../ui/field'
import { ProblemNotice } from '../ui/problem-notice'
import { IdentityField, useIdentity } from './identity'
import { useAddPasskey, useSecondFactorState } from './use-security'

/** Asks for what signing in takes, then has the browser make a passkey. */
export const AddPasskeyForm = ({ onDone }: { onDone: () => void }) => {
  const add = useAddPasskey()
  const factor = useSecondFactorState()
  const announce = useAnnounce()
  const { isReady, identityOf, forget } = useIdentity()
  const takesCode = factor.data?.enabled === true
  const onSuccess = () => {
    announce('The passkey is added')
    onDone()
  }
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const proof = { ...identityOf(form), ...(takesCode ? secondFactorOf(form) : {}) }
    add.mutate({ name: String(form.get('name')), proof }, { onSuccess, onSettled: forget })
  }
  return (
    <form className="short" onSubmit={onSubmit}>
      <Field label="Name of the passkey" name="name" maxLength={100} required autoFocus hint="Such as: my phone" />
      <IdentityField />
      {takesCode ? <CodeField /> : null}
      {add.isError ? <ProblemNotice error={add.error} /> : null}
      <div className="actions">
        <button type="submit" className="button" disabled={!isReady || add.isPending || factor.isPending}>
          Add
        </button>
        <button type="button" className="button quiet" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  )
}
