'use client'

import { browserSupportsWebAuthn } from '@simplewebauthn/browser'
import { useState } from 'react'
import { useSetup } from '../session/use-session'
import { ProblemNotice } from '../ui/problem-notice'
import { AddPasskeyForm } from './add-passkey-form'
import { PasskeyRow } from './passkey-row'
import { usePasskeys } from './use-security'

/** The passkeys of the account; nothing where the platform's address has none. */
export const PasskeysCard = () => {
  const setup = useSetup()
  const passkeys = usePasskeys()
  const [isAdding, setIsAdding] = useState(false)
  if (setup.data?.passkeys !== true) return null
  const canAdd = browserSupportsWebAuthn()
  return (
    <section className="card" aria-labelledby="passkeys">
      <h2 id="passkeys">Passkeys</h2>
      {passkeys.isError ? <ProblemNotice error={passkeys.error} onRetry={() => void passkeys.refetch()} /> : null}
      {passkeys.data?.length === 0 ? (
        <p>A passkey signs in by your finger, face or PIN, without the password.</p>
      ) : null}
      <ul className="entries">
        {passkeys.data?.map((passkey) => (
          <PasskeyRow key={passkey.id} passkey={passkey} />
        ))}
      </ul>
      {isAdding ? (
        <AddPasskeyForm onDone={() => setIsAdding(false)} />
      ) : canAdd ? (
        <button type="button" className="button" onClick={() => setIsAdding(true)}>
          Add a passkey
        </button>
      ) : (
        <p className="hint">This browser has no passkeys.</p>
      )}
    </section>
  )
}
