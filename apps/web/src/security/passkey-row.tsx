'use client'

import { type FormEvent, useState } from 'react'
import type { ListedPasskey } from '../api/security'
import { useAnnounce } from '../ui/announcer'
import { Field } from '../ui/field'
import { formatTime } from '../ui/format'
import { ProblemNotice } from '../ui/problem-notice'
import { useRemovePasskey, useRenamePasskey } from './use-security'

type Doing = 'nothing' | 'rename' | 'remove'

const RenameForm = ({ passkey, onDone }: { passkey: ListedPasskey; onDone: () => void }) => {
  const rename = useRenamePasskey()
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name'))
    rename.mutate({ id: passkey.id, name }, { onSuccess: onDone })
  }
  return (
    <form className="short" onSubmit={onSubmit}>
      <Field label="New name" name="name" defaultValue={passkey.name} maxLength={100} required autoFocus />
      {rename.isError ? <ProblemNotice error={rename.error} /> : null}
      <div className="actions">
        <button type="submit" className="button small" disabled={rename.isPending}>
          Save
        </button>
        <button type="button" className="button quiet small" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  )
}

const RemoveQuestion = ({ passkey, onDone }: { passkey: ListedPasskey; onDone: () => void }) => {
  const remove = useRemovePasskey()
  const announce = useAnnounce()
  return (
    <>
      <p>It will sign in no more. Sessions that it began stay: end them below.</p>
      {remove.isError ? <ProblemNotice error={remove.error} /> : null}
      <div className="actions">
        <button
          type="button"
          className="button danger small"
          disabled={remove.isPending}
          onClick={() => remove.mutate(passkey.id, { onSuccess: () => announce('The passkey is removed') })}
        >
          Remove
        </button>
        <button type="button" className="button quiet small" autoFocus onClick={onDone}>
          Keep it
        </button>
      </div>
    </>
  )
}

/** One passkey, with its name and what can be done to it. */
export const PasskeyRow = ({ passkey }: { passkey: ListedPasskey }) => {
  const [doing, setDoing] = useState<Doing>('nothing')
  const { name, backedUp, createdAt, lastUsedAt } = passkey
  const done = () => setDoing('nothing')
  if (doing === 'rename')
    return (
      <li className="entry">
        <RenameForm passkey={passkey} onDone={done} />
      </li>
    )
  return (
    <li className="entry">
      <div>
        <strong>{name}</strong>
        <p className="hint">
          added {formatTime(createdAt)}
          {lastUsedAt === null ? '' : ` · last used ${formatTime(lastUsedAt)}`}
          {backedUp ? ' · kept by its maker for your other devices' : ''}
        </p>
        {doing === 'remove' ? <RemoveQuestion passkey={passkey} onDone={done} /> : null}
      </div>
      {doing === 'remove' ? null : (
        <div className="actions">
          <button
            type="button"
            className="button quiet small"
            aria-label={`Rename ${name}`}
            onClick={() => setDoing('rename')}
          >
            Rename
          </button>
          <button
            type="button"
            className="button quiet danger small"
            aria-label={`Remove ${name}`}
            onClick={() => setDoing('remove')}
          >
            Remove
          </button>
        </div>
      )}
    </li>
  )
}
