'use client'

import type { ReactNode } from 'react'
import { useSetupToken } from '../setup/use-setup-token'
import { Frame } from '../ui/frame'

/** A page that a link with `#token=…` leads to. */
export const WithToken = ({ children }: { children: (token: string) => ReactNode }) => {
  const token = useSetupToken()
  if (token === undefined) return <Frame>{null}</Frame>
  return (
    <Frame>
      {token === null ? (
        <section className="card narrow">
          <h1>The link is not whole</h1>
          <p>Open it again from the mail, or copy all of it, with what stands after the #.</p>
        </section>
      ) : (
        children(token)
      )}
    </Frame>
  )
}
