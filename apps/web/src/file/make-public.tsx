'use client'

import { useState } from 'react'
import { useAnnounce } from '../ui/announcer'
import { ProblemNotice } from '../ui/problem-notice'
import { useMakePublic } from './use-file'

/** Asks once more: nobody can take it back. */
export const MakePublic = ({ fileId }: { fileId: string }) => {
  const [isAsking, setIsAsking] = useState(false)
  const publish = useMakePublic(fileId)
  const announce = useAnnounce()
  if (!isAsking)
    return (
      <button type="button" className="button quiet" onClick={() => setIsAsking(true)}>
        Make it public
      </button>
    )
  return (
    <div role="group" aria-label="Make it public">
      <p>
        Then whoever has its CID can read it, and copies elsewhere cannot be recalled: <strong>this is final</strong>.
        Its links end.
      </p>
      {publish.isError ? <ProblemNotice error={publish.error} /> : null}
      <div className="actions">
        <button
          type="button"
          className="button danger"
          disabled={publish.isPending}
          onClick={() => publish.mutate(undefined, { onSuccess: () => announce('The file is public') })}
        >
          {publish.isPending ? 'Making it public…' : 'Make it public for good'}
        </button>
        <button type="button" className="button quiet" autoFocus onClick={() => setIsAsking(false)}>
          Keep it private
        </button>
      </div>
    </div>
  )
}
