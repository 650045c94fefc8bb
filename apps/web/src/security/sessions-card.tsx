'use client'

import type { ListedSession } from '../api/security'
import { useAnnounce } from '../ui/announcer'
import { formatTime } from '../ui/format'
import { ProblemNotice } from '../ui/problem-notice'
import { deviceName } from './device-name'
import { useRevokeOtherSessions, useRevokeSession, useSessions } from './use-security'

const SessionRow = ({ session }: { session: ListedSession }) => {
  const revoke = useRevokeSession()
  const announce = useAnnounce()
  const { id, current, device, ipAddress, createdAt, lastUsedAt } = session
  const name = deviceName(device)
  return (
    <li className="entry">
      <div>
        <strong title={device ?? undefined}>{name}</strong>{' '}
        {current ? <span className="badge pinned">This one</span> : null}
        <p className="hint">
          {ipAddress === null ? '' : `${ipAddress} · `}signed in {formatTime(createdAt)}
          {lastUsedAt === null ? '' : ` · last used ${formatTime(lastUsedAt)}`}
        </p>
        {revoke.isError ? <ProblemNotice error={revoke.error} /> : null}
      </div>
      {current ? null : (
        <button
          type="button"
          className="button quiet small"
          aria-label={`End the session of ${name}, signed in ${formatTime(createdAt)}`}
          disabled={revoke.isPending}
          onClick={() => revoke.mutate(id, { onSuccess: () => announce('The session is ended') })}
        >
          End
        </button>
      )}
    </li>
  )
}

/** Where the account is signed in. */
export const SessionsCard = () => {
  const sessions = useSessions()
  const revokeOthers = useRevokeOtherSessions()
  const announce = useAnnounce()
  const others = () =>
    revokeOthers.mutate(undefined, {
      onSuccess: (ended) => announce(ended === 1 ? '1 session is ended' : `${ended} sessions are ended`),
    })
  return (
    <section className="card" aria-labelledby="sessions">
      <h2 id="sessions">Sessions</h2>
      {sessions.isError ? <ProblemNotice error={sessions.error} onRetry={() => void sessions.refetch()} /> : null}
      {sessions.data === undefined ? null : (
        <ul className="entries">
          {sessions.data.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </ul>
      )}
      {revokeOthers.isError ? <ProblemNotice error={revokeOthers.error} /> : null}
      {(sessions.data?.length ?? 0) > 1 ? (
        <button type="button" className="button quiet danger" disabled={revokeOthers.isPending} onClick={others}>
          End all others
        </button>
      ) : null}
    </section>
  )
}
