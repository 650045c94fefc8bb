'use client'

import { useMutation } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useState } from 'react'
import { confirmByPasskey, type Identity } from '../api/security'
import { confirmElsewhere } from '../api/sign-in'
import { Field } from '../ui/field'
import { ProblemNotice } from '../ui/problem-notice'
import { useWays } from './use-security'

type Confirmation = { confirmation: string | null; confirm: (confirmation: string | null) => void }

const Confirmed = createContext<Confirmation>({ confirmation: null, confirm: () => undefined })

/** Keeps a confirmation, from here or from the provider's way back, for the form that takes it. */
export const ConfirmationProvider = ({ given, children }: { given: string | null; children: ReactNode }) => {
  const [made, confirm] = useState<string | null>()
  return <Confirmed value={{ confirmation: made === undefined ? given : made, confirm }}>{children}</Confirmed>
}

type WaysOfAccount = NonNullable<ReturnType<typeof useWays>['data']>

/** Who has no password, and something else to show. */
const hasNoPassword = ({ password, passkeys, singleSignOn }: WaysOfAccount): boolean =>
  !password && (passkeys > 0 || (singleSignOn !== null && singleSignOn.linkedSince !== null))

/** Reads what stands in a form with an `IdentityField`; a confirmation is good once, and forgotten with it. */
export const useIdentity = () => {
  const { confirmation, confirm } = useContext(Confirmed)
  const ways = useWays()
  return {
    isReady: confirmation !== null || (ways.data !== undefined && !hasNoPassword(ways.data)),
    identityOf: (form: FormData): Identity =>
      confirmation === null ? { password: String(form.get('password')) } : { confirmation },
    forget: () => confirm(null),
  }
}

/** Who has no password shows a passkey, or goes to the provider and comes back. */
const Ways = ({ passkeys, label }: { passkeys: boolean; label: string | null }) => {
  const { confirm } = useContext(Confirmed)
  const byPasskey = useMutation({ mutationFn: confirmByPasskey, onSuccess: confirm })
  const away = useMutation({ mutationFn: confirmElsewhere })
  const error = byPasskey.error ?? away.error
  return (
    <>
      <p className="hint">Show once more who you are.</p>
      {error === null ? null : <ProblemNotice error={error} />}
      <div className="actions">
        {passkeys ? (
          <button
            type="button"
            className="button quiet"
            disabled={byPasskey.isPending}
            onClick={() => byPasskey.mutate()}
          >
            Confirm by a passkey
          </button>
        ) : null}
        {label === null ? null : (
          <button
            type="button"
            className="button quiet"
            disabled={away.isPending || away.isSuccess}
            onClick={() => away.mutate()}
          >
            {label}
          </button>
        )}
      </div>
    </>
  )
}

/** Asks for the password again, or for a confirmation from who has none. */
export const IdentityField = ({ autoFocus = false }: { autoFocus?: boolean }) => {
  const { confirmation } = useContext(Confirmed)
  const ways = useWays()
  if (confirmation !== null) return <p className="confirmed">You have shown who you are.</p>
  if (ways.isPending) return <p className="loading">Loading…</p>
  if (ways.isError) return <ProblemNotice error={ways.error} onRetry={() => void ways.refetch()} />
  if (!hasNoPassword(ways.data))
    return (
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        autoFocus={autoFocus}
      />
    )
  const { passkeys, singleSignOn } = ways.data
  const label = singleSignOn === null || singleSignOn.linkedSince === null ? null : singleSignOn.label
  return <Ways passkeys={passkeys > 0} label={label} />
}
