import type { Metadata } from 'next'
import { FilePage } from '../../file/file-page'

export const metadata: Metadata = { title: 'File · Holdfast' }

export default function Page() {
  return <FilePage />
}
