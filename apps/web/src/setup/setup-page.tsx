'use client'

import { Frame } from '../ui/frame'
import { SetupForm } from './setup-form'
import { useSetupToken } from './use-setup-token'

/** `/setup#token=…`: makes the first administrator. */
export const SetupPage = () => {
  const token = useSetupToken()
  return <Frame>{token === undefined ? null : <SetupForm token={token} />}</Frame>
}
