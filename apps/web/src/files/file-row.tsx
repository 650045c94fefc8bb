'use client'

import type { ListedFile } from '../api/files'
import { CopyButton } from '../ui/copy-button'
import { formatBytes, formatTime, shortCid } from '../ui/format'
import { gatewayLink } from './gateway-link'
import { PrivateName } from './private-name'
import { StatusBadge } from './status-badge'

type FileRowProps = { file: ListedFile; gatewayUrl: string | null; onDelete: () => void }

export const FileRow = ({ file, gatewayUrl, onDelete }: FileRowProps) => (
  <tr role="row">
    <td role="cell" className="name">
      {file.kind === 'file' ? null : <span className="kind">{file.kind === 'directory' ? 'Folder' : 'DAG'}</span>}
      {file.visibility === 'private' ? <span className="kind">Private</span> : null}
      {gatewayUrl === null ? (
        file.name
      ) : file.visibility === 'private' ? (
        <PrivateName file={file} />
      ) : (
        <a
          href={gatewayLink(gatewayUrl, file)}
          target="_blank"
          rel="noreferrer"
          title={`Open ${file.name} at the gateway`}
        >
          {file.name}
        </a>
      )}
    </td>
    <td role="cell" className="number" title={`${file.size} bytes`}>
      {formatBytes(file.size)}
    </td>
    <td role="cell" className="content">
      <span className="cid">
        <code title={file.cid}>{shortCid(file.cid)}</code>
        <CopyButton value={file.cid} label={`Copy the CID of ${file.name}`} />
      </span>
    </td>
    <td role="cell" className="status">
      <StatusBadge status={file.pin.status} />
    </td>
    <td role="cell" className="time">
      <time dateTime={file.createdAt}>{formatTime(file.createdAt)}</time>
    </td>
    <td role="cell" className="actions">
      <a className="button quiet small" href={`/file?id=${file.id}`} aria-label={`Details of ${file.name}`}>
        Details
      </a>
      <button type="button" className="button quiet small danger" aria-label={`Delete ${file.name}`} onClick={onDelete}>
        Delete
      </button>
    </td>
  </tr>
)
