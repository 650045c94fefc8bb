'use client'

import type { ListedFile } from '../api/files'
import { gatewayLink } from '../files/gateway-link'
import { PrivateName } from '../files/private-name'
import { StatusBadge } from '../files/status-badge'
import { useSetup } from '../session/use-session'
import { CopyButton } from '../ui/copy-button'
import { formatBytes, formatTime } from '../ui/format'
import { MakePublic } from './make-public'

const Opening = ({ file }: { file: ListedFile }) => {
  const gatewayUrl = useSetup().data?.gatewayUrl ?? null
  if (gatewayUrl === null) return null
  if (file.visibility === 'private') return <PrivateName file={file} label="Open it for five minutes" />
  return (
    <a href={gatewayLink(gatewayUrl, file)} target="_blank" rel="noreferrer">
      Open it at the gateway
    </a>
  )
}

/** What is known of the file, and who can read it. */
export const FactsCard = ({ file }: { file: ListedFile }) => (
  <section className="card" aria-labelledby="file">
    <h1 id="file" className="file-name">
      {file.name}
    </h1>
    <dl className="facts">
      <dt>CID</dt>
      <dd className="secret">
        <code className="whole">{file.cid}</code> <CopyButton value={file.cid} label="Copy the CID" />
      </dd>
      <dt>Size</dt>
      <dd title={`${file.size} bytes`}>{formatBytes(file.size)}</dd>
      <dt>Type</dt>
      <dd>{file.contentType}</dd>
      <dt>Uploaded</dt>
      <dd>
        <time dateTime={file.createdAt}>{formatTime(file.createdAt)}</time>
      </dd>
      <dt>Status</dt>
      <dd>
        <StatusBadge status={file.pin.status} />
      </dd>
      <dt>Who can read it</dt>
      <dd>
        {file.visibility === 'public'
          ? 'Whoever has the CID, here and wherever there is a copy.'
          : 'Your organization, and whoever has a link.'}
      </dd>
    </dl>
    <p>
      <Opening file={file} />
    </p>
    {file.visibility === 'private' ? <MakePublic fileId={file.id} /> : null}
  </section>
)
