'use client'

import { explain } from '../api/explain'
import { useAnnounce } from '../ui/announcer'
import { useSignOut } from './use-session'

/** At the right of the bar: who is signed in, the way to the account's page, and out. */
export const AccountBar = ({ email }: { email: string }) => {
  const announce = useAnnounce()
  const signOut = useSignOut()
  return (
    <>
      <span className="who" title={email}>
        {email}
      </span>
      <a href="/security">Security</a>
      <button
        type="button"
        className="button quiet"
        disabled={signOut.isPending}
        onClick={() => signOut.mutate(undefined, { onError: (error) => announce(explain(error)) })}
      >
        Sign out
      </button>
    </>
  )
}
