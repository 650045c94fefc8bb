'use client'

import { type FormEvent, useState } from 'react'
import type { Me } from '../api/read-me'
import { Field } from '../ui/field'
import { ProblemNotice } from '../ui/problem-notice'
import { IdentityField, useIdentity } from './identity'
import { useEraseAccount } from './use-security'

type EraseProps = { email: string; onErased: (receiptToken: string) => void; onCancel: () => void }

const EraseForm = ({ email, onErased, onCancel }: EraseProps) => {
  const erase = useEraseAccount()
  const { isReady, identityOf } = useIdentity()
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    erase.mutate({ ...identityOf(form), confirm: String(form.get('confirm')) }, { onSuccess: onErased })
  }
  return (
    <form className="short" onSubmit={onSubmit}>
      <p>
        Your account goes, with the organizations in which you are alone and all that they hold. In others, what you
        have uploaded stays theirs, without your name. <strong>Nobody can take it back.</strong>
      </p>
      <Field
        label="Your e-mail address, to be sure"
        name="confirm"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        placeholder={email}
        required
      />
      <IdentityField />
      {erase.isError ? <ProblemNotice error={erase.error} /> : null}
      <div className="actions">
        <button type="submit" className="button danger" disabled={!isReady || erase.isPending}>
          Erase my account
        </button>
        <button type="button" className="button quiet" autoFocus onClick={onCancel}>
          Keep it
        </button>
      </div>
    </form>
  )
}

type YourDataProps = { me: Me; isErasing: boolean; onErased: (receiptToken: string) => void }

/** Taking all with oneself, and having it erased. */
export const YourDataCard = ({ me, isErasing: opensErasing, onErased }: YourDataProps) => {
  const [isErasing, setIsErasing] = useState<boolean>()
  const { email, owned } = me
  return (
    <section className="card" aria-labelledby="your-data">
      <h2 id="your-data">Your data</h2>
      <p>An archive (tar) that is made while you read it. That of an organization holds its private files in clear.</p>
      <div className="actions spaced">
        <a className="button quiet" href="/api/v1/account/export" download>
          Download what is stored about me
        </a>
        {owned === null ? null : (
          <a className="button quiet" href={`/api/v1/organizations/${owned.id}/export`} download>
            Download all of {owned.name}
          </a>
        )}
      </div>
      {(isErasing ?? opensErasing) ? (
        <EraseForm email={email} onErased={onErased} onCancel={() => setIsErasing(false)} />
      ) : (
        <button type="button" className="button quiet danger" onClick={() => setIsErasing(true)}>
          Erase my account…
        </button>
      )}
    </section>
  )
}
