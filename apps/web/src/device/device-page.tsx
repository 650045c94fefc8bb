'use client'

import { useState } from 'react'
import type { DeviceLogin } from '../api/device'
import { AccountBar } from '../session/account-bar'
import { SignInForm } from '../session/sign-in-form'
import { useSession } from '../session/use-session'
import { Frame } from '../ui/frame'
import { CodeForm } from './code-form'
import { Decision } from './decision'

const Steps = ({ email }: { email: string }) => {
  const [asked, setAsked] = useState<{ userCode: string; login: DeviceLogin }>()
  return asked === undefined ? (
    <CodeForm onFound={(userCode, login) => setAsked({ userCode, login })} />
  ) : (
    <Decision {...asked} email={email} onOther={() => setAsked(undefined)} />
  )
}

/** `/device`: lets a program on another machine in, by the code that it shows. The code is typed: no link has it in it. */
export const DevicePage = () => {
  const session = useSession()
  if (session.data)
    return (
      <Frame aside={<AccountBar email={session.data.email} />}>
        <Steps email={session.data.email} />
      </Frame>
    )
  return (
    <Frame>
      {session.isPending ? (
        <p className="loading" role="status">
          Loading…
        </p>
      ) : (
        <>
          <section className="card narrow">
            <h1>Let a program in</h1>
            <p>Sign in first. Then type the code that the program shows.</p>
          </section>
          <SignInForm />
        </>
      )}
    </Frame>
  )
}
