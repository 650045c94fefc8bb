'use client'

import { explain } from '../api/explain'
import { useAnnounce } from '../ui/announcer'
import { useSignOut } from './use-session'

export const SignOutButton = ({ email }: { email: string }) => {
  const announce = useAnnounce()
  const signOut = useSignOut()
  return (
    <>
      <span className="who" title={email}>
        {email}
      </span>
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
