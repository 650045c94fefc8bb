'use client'

import { useState } from 'react'
import { ProblemNotice } from '../ui/problem-notice'
import { LinkRow } from './link-row'
import { NewLinkForm } from './new-link-form'
import { ShownLink } from './shown-link'
import { useLinks } from './use-file'

/** Who has a link reads the file without an account. */
export const LinksCard = ({ fileId }: { fileId: string }) => {
  const links = useLinks(fileId)
  const [isMaking, setIsMaking] = useState(false)
  const [shown, setShown] = useState<string>()
  return (
    <section className="card" aria-labelledby="links">
      <h2 id="links">Links</h2>
      {links.isError ? <ProblemNotice error={links.error} onRetry={() => void links.refetch()} /> : null}
      {links.data?.length === 0 ? <p>Whoever has a link reads this file without an account, until it ends.</p> : null}
      {shown === undefined ? null : <ShownLink url={shown} onDone={() => setShown(undefined)} />}
      <ul className="entries">
        {links.data?.map((link) => (
          <LinkRow key={link.id} fileId={fileId} link={link} />
        ))}
      </ul>
      {isMaking ? (
        <NewLinkForm
          fileId={fileId}
          onMade={(url) => {
            setShown(url)
            setIsMaking(false)
          }}
          onCancel={() => setIsMaking(false)}
        />
      ) : (
        <button type="button" className="button" onClick={() => setIsMaking(true)}>
          Make a link
        </button>
      )}
    </section>
  )
}
