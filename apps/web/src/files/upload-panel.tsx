'use client'

import { type ChangeEvent, type DragEvent, useRef, useState } from 'react'
import { UploadRow } from './upload-row'
import { useUploads } from './use-uploads'

/** A dropped folder comes as an entry of its own; only files are taken here. */
const droppedFiles = (transfer: DataTransfer): File[] =>
  Array.from(transfer.items)
    .filter((item) => item.kind === 'file' && item.webkitGetAsEntry()?.isDirectory !== true)
    .map((item) => item.getAsFile())
    .filter((file) => file !== null)

export const UploadPanel = () => {
  const uploads = useUploads()
  const picker = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    uploads.add(droppedFiles(event.dataTransfer))
  }
  const onPick = (event: ChangeEvent<HTMLInputElement>) => {
    uploads.add(event.currentTarget.files ?? [])
    event.currentTarget.value = ''
  }
  const done = uploads.items.filter(({ state }) => state.kind === 'done').length
  return (
    <section className="card" aria-labelledby="upload">
      <h1 id="upload">Upload</h1>
      <div
        className={over ? 'drop over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <p>Drop files here, or</p>
        <label className="off-screen" htmlFor="files">
          Files to upload
        </label>
        <input ref={picker} id="files" className="off-screen" type="file" multiple onChange={onPick} tabIndex={-1} />
        <button type="button" className="button" onClick={() => picker.current?.click()}>
          Choose files
        </button>
        <p className="hint">What you upload is public: whoever has the CID can read it at the gateway.</p>
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
