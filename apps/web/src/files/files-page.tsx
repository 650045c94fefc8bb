'use client'

import type { Visibility } from '../api/read-me'
import { FileList } from './file-list'
import { UploadPanel } from './upload-panel'

export const FilesPage = ({ defaultVisibility }: { defaultVisibility: Visibility }) => (
  <>
    <UploadPanel defaultVisibility={defaultVisibility} />
    <FileList />
  </>
)
