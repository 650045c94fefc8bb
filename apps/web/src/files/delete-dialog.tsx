'use client'

import { useEffect, useRef } from 'react'
import type { ListedFile } from '../api/files'
import { useAnnounce } from '../ui/announcer'
import { ProblemNotice } from '../ui/problem-notice'
import { useDeleteFile } from './use-files'

/** Asks once more. A native modal dialog: focus stays inside and returns afterwards, Escape closes it. */
export const DeleteDialog = ({ file, onClose }: { file: ListedFile; onClose: () => void }) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const announce = useAnnounce()
  const remove = useDeleteFile()
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  const confirm = () =>
    remove.mutate(file.id, {
      onSuccess: () => {
        announce(`${file.name} is deleted`)
        dialog.current?.close()
      },
    })
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="delete-heading" onClose={onClose}>
      <h2 id="delete-heading">Delete this {file.kind === 'directory' ? 'folder' : 'file'}?</h2>
      <p className="dialog-name">{file.name}</p>
      <p>It goes from your list and is unpinned. Its bytes go too, unless other files here share them.</p>
      {remove.isError ? <ProblemNotice error={remove.error} /> : null}
      <div className="dialog-actions">
        <button type="button" className="button quiet" autoFocus onClick={() => dialog.current?.close()}>
          Keep it
        </button>
        <button type="button" className="button danger" disabled={remove.isPending} onClick={confirm}>
          {remove.isPending ? 'Deleting…' : 'Delete'}
        </button>
      </div>
    </dialog>
  )
}
