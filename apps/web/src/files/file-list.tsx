'use client'

import { useState } from 'react'
import type { ListedFile } from '../api/files'
import { useSetup } from '../session/use-session'
import { ProblemNotice } from '../ui/problem-notice'
import { DeleteDialog } from './delete-dialog'
import { FileRow } from './file-row'
import { useFiles } from './use-files'

export const FileList = () => {
  const files = useFiles()
  const gatewayUrl = useSetup().data?.gatewayUrl ?? null
  const [deleting, setDeleting] = useState<ListedFile | null>(null)
  const rows = files.data?.pages.flatMap((page) => page.files) ?? []
  return (
    <section className="card" aria-labelledby="files-heading">
      <h2 id="files-heading">Files</h2>
      {files.isError ? <ProblemNotice error={files.error} onRetry={() => void files.refetch()} /> : null}
      {files.isPending ? (
        <p className="loading" role="status">
          Loading…
        </p>
      ) : rows.length === 0 && !files.isError ? (
        <p className="empty">No files yet. What you upload stands here, newest first.</p>
      ) : null}
      {rows.length === 0 ? null : (
        <table className="files" role="table">
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">
                Name
              </th>
              <th role="columnheader" scope="col" className="number">
                Size
              </th>
              <th role="columnheader" scope="col">
                CID
              </th>
              <th role="columnheader" scope="col">
                Status
              </th>
              <th role="columnheader" scope="col">
                Uploaded
              </th>
              <th role="columnheader" scope="col">
                <span className="off-screen">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {rows.map((file) => (
              <FileRow key={file.id} file={file} gatewayUrl={gatewayUrl} onDelete={() => setDeleting(file)} />
            ))}
          </tbody>
        </table>
      )}
      {files.hasNextPage ? (
        <button
          type="button"
          className="button quiet"
          disabled={files.isFetchingNextPage}
          onClick={() => void files.fetchNextPage()}
        >
          {files.isFetchingNextPage ? 'Loading…' : 'Show more'}
        </button>
      ) : null}
      {deleting === null ? null : <DeleteDialog file={deleting} onClose={() => setDeleting(null)} />}
    </section>
  )
}
