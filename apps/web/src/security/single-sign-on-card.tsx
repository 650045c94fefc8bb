'use client'

import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { linkElsewhere } from '../api/sign-in'
import { useAnnounce } from '../ui/announcer'
import { formatTime } from '../ui/format'
import { ProblemNotice } from '../ui/problem-notice'
import { IdentityField, useIdentity } from './identity'
import { useUnlink, useWays } from './use-security'

const LinkForm = ({ onCancel }: { onCancel: () => void }) => {
  const { isReady, identityOf, forget } = useIdentity()
  const leave = useMutation({ mutationFn: linkElsewhere, onSettled: forget })
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    leave.mutate(identityOf(new FormData(event.currentTarget)))
  }
  return (
    <form className="short" onSubmit={onSubmit}>
      <IdentityField autoFocus />
      {leave.isError ? <ProblemNotice error={leave.error} /> : null}
      <div className="actions">
        <button type="submit" className="button" disabled={!isReady || leave.isPending || leave.isSuccess}>
          Continue to the provider
        </button>
        <button type="button" className="button quiet" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  )
}

const Linked = ({ since }: { since: string }) => {
  const unlink = useUnlink()
  const announce = useAnnounce()
  return (
    <>
      <p>
        <span className="badge pinned">Linked</span> since {formatTime(since)}
      </p>
      {unlink.isError ? <ProblemNotice error={unlink.error} /> : null}
      <button
        type="button"
        className="button quiet danger"
        disabled={unlink.isPending}
        onClick={() => unlink.mutate(undefined, { onSuccess: () => announce('It opens your account no more') })}
      >
        Unlink
      </button>
    </>
  )
}

/** The sign-in provider: whether it opens the account; nothing where there is none. */
export const SingleSignOnCard = () => {
  const ways = useWays()
  const [isLinking, setIsLinking] = useState(false)
  const provider = ways.data?.singleSignOn
  if (provider === undefined || provider === null) return null
  const { label, linkedSince } = provider
  return (
    <section className="card" aria-labelledby="single-sign-on">
      <h2 id="single-sign-on">Single sign-on</h2>
      {linkedSince !== null ? (
        <Linked since={linkedSince} />
      ) : isLinking ? (
        <LinkForm onCancel={() => setIsLinking(false)} />
      ) : (
        <>
          <p>“{label}” does not open this account yet.</p>
          <button type="button" className="button" onClick={() => setIsLinking(true)}>
            Link it
          </button>
        </>
      )}
    </section>
  )
}
