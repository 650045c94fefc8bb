'use client'

import { useMutation } from '@tanstack/react-query'
import { approveDeviceLogin, denyDeviceLogin, type DeviceLogin } from '../api/device'
import { ProblemNotice } from '../ui/problem-notice'

type DecisionProps = { userCode: string; login: DeviceLogin; email: string; onOther: () => void }

const Asked = ({ login, email }: Pick<DecisionProps, 'login' | 'email'>) => (
  <>
    <p>
      <strong>{login.clientName}</strong> asks to act as {email}: to read, change and delete what you may, until you end
      its session.
    </p>
    <p>
      It asked at {new Date(login.createdAt).toLocaleTimeString()} from {login.ipAddress}
      {login.userAgent === null ? '' : `, as ${login.userAgent}`}.
    </p>
    <p className={login.sameAddress ? 'hint' : 'field-error'}>
      {login.sameAddress
        ? 'That is your own address.'
        : 'That is not the address you are at. Go on only if the program runs on a machine that you know.'}
    </p>
    <p>
      Did somebody send you this code or ask you to come here? Then deny: whoever holds the program would be signed in
      as you. Its name is only what it says of itself.
    </p>
  </>
)

/** What is asked, from where, and the two answers; deny stands first and has the focus. */
export const Decision = ({ userCode, login, email, onOther }: DecisionProps) => {
  const decision = useMutation({
    mutationFn: (approve: boolean) => (approve ? approveDeviceLogin(userCode) : denyDeviceLogin(userCode)),
  })
  if (decision.isSuccess)
    return (
      <section className="card narrow" aria-labelledby="device">
        <h1 id="device">{decision.variables ? 'The program is let in' : 'The program is turned away'}</h1>
        <p role="status">
          {decision.variables ? 'Go back to it: it goes on within seconds.' : 'It learns so within seconds.'} You can
          close this page.
        </p>
      </section>
    )
  return (
    <section className="card narrow" aria-labelledby="device">
      <h1 id="device">Let this program in?</h1>
      <Asked login={login} email={email} />
      {decision.isError ? (
        <>
          <ProblemNotice error={decision.error} />
          <button type="button" className="button quiet" onClick={onOther}>
            Type another code
          </button>
        </>
      ) : null}
      <div className="dialog-actions">
        <button
          type="button"
          className="button quiet"
          autoFocus
          disabled={decision.isPending}
          onClick={() => decision.mutate(false)}
        >
          Deny
        </button>
        <button type="button" className="button" disabled={decision.isPending} onClick={() => decision.mutate(true)}>
          Approve
        </button>
      </div>
    </section>
  )
}
