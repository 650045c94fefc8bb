'use client'

import { type ChangeEvent, type DragEvent, useRef, useState } from 'react'
import { droppedWork } from './dropped-entries'
import type { Visibility } from '../api/read-me'
import { UploadRow } from './upload-row'
import { fileWork, foldersOf } from './upload-work'
import { VisibilityChoice } from './visibility-choice'
import { useUploads } from './use-uploads'

export const UploadPanel = ({ defaultVisibility }: { defaultVisibility: Visibility }) => {
  const uploads = useUploads()
  const picker = useRef<HTMLInputElement>(null)
  const folderPicker = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [chosen, setChosen] = useState<Visibility | null>(null)
  const visibility = chosen ?? defaultVisibility
  const [unread, setUnread] = useState<string | null>(null)
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    setUnread(null)
    droppedWork(event.dataTransfer).then(
      (works) => uploads.add(works, visibility),
      (error: unknown) => setUnread(error instanceof Error ? error.message : 'The folder could not be read'),
    )
  }
  const onPick = (event: ChangeEvent<HTMLInputElement>) => {
    uploads.add(Array.from(event.currentTarget.files ?? [], fileWork), visibility)
    event.currentTarget.value = ''
  }
  const onPickFolder = (event: ChangeEvent<HTMLInputElement>) => {
    uploads.add(foldersOf(event.currentTarget.files ?? []), visibility)
    event.currentTarget.value = ''
  }
  const done = uploads.items.filter(({ state }) => state.kind === 'done').length
  return (
    <section className="card" aria-labelledby="upload">
      <h1 id="upload">Upload</h1>
      <VisibilityChoice value={visibility} byDefault={defaultVisibility} onChange={setChosen} />
      <div
        className={over ? 'drop over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <p>Drop files or folders here, or</p>
        <label className="off-screen" htmlFor="files">
          Files to upload
        </label>
        <input ref={picker} id="files" className="off-screen" type="file" multiple onChange={onPick} tabIndex={-1} />
        <label className="off-screen" htmlFor="folder">
          Folder to upload
        </label>
        <input
          ref={folderPicker}
          id="folder"
          className="off-screen"
          type="file"
          {...{ webkitdirectory: '' }}
          onChange={onPickFolder}
          tabIndex={-1}
        />
        <div className="drop-actions">
          <button type="button" className="button" onClick={() => picker.current?.click()}>
            Choose files
          </button>
          <button type="button" className="button quiet" onClick={() => folderPicker.current?.click()}>
            Choose a folder
          </button>
        </div>
        {unread === null ? null : (
          <p className="field-error" role="alert">
            {unread}
          </p>
        )}
      </div>
      {uploads.items.length === 0 ? null : (
        <ul className="uploads" aria-label="Uploads">
          {uploads.items.map((item) => (
            <UploadRow
              key={item.id}
              item={item}
              onCancel={() => uploads.cancel(item.id)}
              onRetry={() => uploads.retry(item.id)}
              onDismiss={() => uploads.dismiss(item.id)}
            />
          ))}
        </ul>
      )}
      {done < 2 ? null : (
        <button type="button" className="button quiet" onClick={uploads.dismissDone}>
          Clear {done} finished
        </button>
      )}
    </section>
  )
}
