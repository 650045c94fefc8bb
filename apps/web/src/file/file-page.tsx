'use client'

import { useEffect, useState } from 'react'
import { AccountBar } from '../session/account-bar'
import { SignInForm } from '../session/sign-in-form'
import { useSession } from '../session/use-session'
import { Frame } from '../ui/frame'
import { ProblemNotice } from '../ui/problem-notice'
import { FactsCard } from './facts-card'
import { LinksCard } from './links-card'
import { useFile } from './use-file'

const useFileId = (): string | undefined => {
  const [id, setId] = useState<string>()
  useEffect(() => setId(new URLSearchParams(window.location.search).get('id') ?? ''), [])
  return id
}

const Loading = () => (
  <p className="loading" role="status">
    Loading…
  </p>
)

const FileCards = ({ id }: { id: string }) => {
  const file = useFile(id)
  if (file.isPending) return <Loading />
  if (file.data === undefined)
    return (
      <section className="card narrow">
        <h1>File</h1>
        {file.isError ? <ProblemNotice error={file.error} onRetry={() => void file.refetch()} /> : null}
        <p>
          <a href="/">All files</a>
        </p>
      </section>
    )
  return (
    <>
      <a className="way-back" href="/">
        All files
      </a>
      <FactsCard file={file.data} />
      <LinksCard fileId={file.data.id} />
    </>
  )
}

/** `/file?id=`: one file, its links, and for a private one the way to make it public. */
export const FilePage = () => {
  const session = useSession()
  const id = useFileId()
  if (session.data && id !== undefined)
    return (
      <Frame aside={<AccountBar email={session.data.email} />}>
        <FileCards id={id} />
      </Frame>
    )
  return (
    <Frame>
      {session.isPending || session.data ? (
        <Loading />
      ) : session.isError ? (
        <section className="card narrow">
          <h1>File</h1>
          <ProblemNotice error={session.error} onRetry={() => void session.refetch()} />
        </section>
      ) : (
        <SignInForm />
      )}
    </Frame>
  )
}
