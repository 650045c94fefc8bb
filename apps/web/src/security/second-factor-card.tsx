'use client'

import { useState } from 'react'
import { useAnnounce } from '../ui/announcer'
import { formatTime } from '../ui/format'
import { ProblemNotice } from '../ui/problem-notice'
import { BothFactorsForm } from './both-factors-form'
import { RecoveryCodes } from './recovery-codes'
import { TurnOn } from './turn-on'
import { useDisableSecondFactor, useRenewRecoveryCodes, useSecondFactorState, useWays } from './use-security'

type Doing = 'nothing' | 'turn-on' | 'renew' | 'turn-off'

const FewLeft = ({ left }: { left: number }) => {
  if (left === 0) return <p className="notice">You have no recovery codes left. Get new ones while you have the app.</p>
  return <p>{left === 1 ? '1 recovery code is left.' : `${left} recovery codes are left.`}</p>
}

/** The authenticator app: on, off, and new recovery codes. */
export const SecondFactorCard = () => {
  const state = useSecondFactorState()
  const ways = useWays()
  const announce = useAnnounce()
  const [doing, setDoing] = useState<Doing>('nothing')
  const [codes, setCodes] = useState<string[] | null>(null)
  const renew = useRenewRecoveryCodes()
  const disable = useDisableSecondFactor()
  const done = () => {
    setDoing('nothing')
    renew.reset()
    disable.reset()
  }
  const show = (fresh: string[]) => {
    setCodes(fresh)
    done()
  }
  const body = () => {
    if (codes !== null) return <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />
    if (state.isError) return <ProblemNotice error={state.error} onRetry={() => void state.refetch()} />
    if (state.data === undefined) return <p className="loading">Loading…</p>
    if (doing === 'turn-on') return <TurnOn onCodes={show} onCancel={done} />
    if (doing === 'renew') {
      const change = {
        ...renew,
        mutate: (both: Parameters<typeof renew.mutate>[0]) => renew.mutate(both, { onSuccess: show }),
      }
      return <BothFactorsForm action="Get new codes" change={change} onCancel={done} />
    }
    if (doing === 'turn-off') {
      const onSuccess = () => {
        done()
        announce('The second factor is off')
      }
      const change = {
        ...disable,
        mutate: (both: Parameters<typeof disable.mutate>[0]) => disable.mutate(both, { onSuccess }),
      }
      return <BothFactorsForm action="Turn off" danger change={change} onCancel={done} />
    }
    const { enabled, since, recoveryCodesLeft } = state.data
    if (!enabled)
      return (
        <>
          <p>
            {ways.data?.password === false ? 'Signing in takes no code.' : 'Signing in takes the password alone.'} With
            an authenticator app it takes a code of your phone too.
          </p>
          <button type="button" className="button" onClick={() => setDoing('turn-on')}>
            Turn on
          </button>
        </>
      )
    return (
      <>
        <p>
          <span className="badge pinned">On</span> {since === null ? null : `since ${formatTime(since)}`}
        </p>
        <FewLeft left={recoveryCodesLeft} />
        <div className="actions">
          <button type="button" className="button quiet" onClick={() => setDoing('renew')}>
            New recovery codes
          </button>
          <button type="button" className="button quiet danger" onClick={() => setDoing('turn-off')}>
            Turn off
          </button>
        </div>
      </>
    )
  }
  return (
    <section className="card" aria-labelledby="factor">
      <h2 id="factor">Authenticator app</h2>
      {body()}
    </section>
  )
}
