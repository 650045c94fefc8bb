'use client'

import { useMutation } from '@tanstack/react-query'
import { QRCodeSVG } from 'qrcode.react'
import type { FormEvent } from 'react'
import { enrolTotp } from '../api/security'
import { CopyButton } from '../ui/copy-button'
import { Field } from '../ui/field'
import { ProblemNotice } from '../ui/problem-notice'
import { IdentityField, useIdentity } from './identity'
import { useConfirmTotp } from './use-security'

type Secret = { secret: string; uri: string }

/** The secret as a picture, drawn here and nowhere else, and as text in groups of four for those who type. */
const AppSecret = ({ secret, uri }: Secret) => (
  <>
    <p>Read this with your authenticator app, or type the secret into it.</p>
    <QRCodeSVG className="qr" value={uri} size={184} marginSize={3} title="QR code of the secret" />
    <p className="secret">
      <code>{secret.replaceAll(/.{4}(?!$)/g, '$& ')}</code> <CopyButton value={secret} label="Copy the secret" />
    </p>
  </>
)

const entry = (event: FormEvent<HTMLFormElement>, name: string): string => {
  event.preventDefault()
  return String(new FormData(event.currentTarget).get(name) ?? '')
}

/** Who somebody is, then the app gets its secret and shows a first code. */
export const TurnOn = ({ onCodes, onCancel }: { onCodes: (codes: string[]) => void; onCancel: () => void }) => {
  const enrol = useMutation({ mutationFn: enrolTotp, gcTime: 0 })
  const confirm = useConfirmTotp()
  const { isReady, identityOf, forget } = useIdentity()
  const onIdentity = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    enrol.mutate(identityOf(new FormData(event.currentTarget)), { onSettled: forget })
  }
  const cancel = (
    <button type="button" className="button quiet" onClick={onCancel}>
      Cancel
    </button>
  )
  if (enrol.data === undefined)
    return (
      <form className="short" onSubmit={onIdentity}>
        <IdentityField autoFocus />
        {enrol.isError ? <ProblemNotice error={enrol.error} /> : null}
        <div className="actions">
          <button type="submit" className="button" disabled={!isReady || enrol.isPending}>
            Continue
          </button>
          {cancel}
        </div>
      </form>
    )
  const onCode = (event: FormEvent<HTMLFormElement>) =>
    confirm.mutate(entry(event, 'code').replaceAll(/\s/g, ''), { onSuccess: onCodes })
  return (
    <form className="short" onSubmit={onCode}>
      <AppSecret {...enrol.data} />
      <Field
        label="Code that the app shows"
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        pattern="\s*(?:\d\s*){6}"
        title="Six digits"
        maxLength={12}
        required
        autoFocus
      />
      {confirm.isError ? <ProblemNotice error={confirm.error} /> : null}
      <p className="hint">All other sessions of the account end.</p>
      <div className="actions">
        <button type="submit" className="button" disabled={confirm.isPending}>
          Turn on
        </button>
        {cancel}
      </div>
    </form>
  )
}
