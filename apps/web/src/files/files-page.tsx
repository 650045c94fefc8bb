'use client'

import { FileList } from './file-list'
import { UploadPanel } from './upload-panel'

export const FilesPage = () => (
  <>
    <UploadPanel />
    <FileList />
  </>
)
