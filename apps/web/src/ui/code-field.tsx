'use client'

import { useState } from 'react'
import type { SecondFactor } from '../api/security'
import { Field } from './field'

/** What stands in a form that has a `CodeField`. */
export const secondFactorOf = (form: FormData): SecondFactor => {
  const recoveryCode = form.get('recoveryCode')
  return recoveryCode === null
    ? { code: String(form.get('code') ?? '').replaceAll(/\s/g, '') }
    : { recoveryCode: String(recoveryCode).trim() }
}

/** Asks for a code of the authenticator app, or for a recovery code by whoever has lost it. */
export const CodeField = ({ autoFocus = false }: { autoFocus?: boolean }) => {
  const [isRecovery, setIsRecovery] = useState(false)
  return (
    <>
      {isRecovery ? (
        <Field
          key="recovery"
          label="Recovery code"
          name="recoveryCode"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          required
          autoFocus
          hint="One of those that you kept; each works once"
        />
      ) : (
        <Field
          key="app"
          label="Code of the authenticator app"
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="\s*(?:\d\s*){6}"
          title="Six digits"
          maxLength={12}
          required
          autoFocus={autoFocus}
        />
      )}
      <button type="button" className="link" onClick={() => setIsRecovery(!isRecovery)}>
        {isRecovery ? 'Use a code of the app' : 'Use a recovery code instead'}
      </button>
    </>
  )
}
