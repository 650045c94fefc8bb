import type { Metadata } from 'next'
import { SecurityPage } from '../../security/security-page'

export const metadata: Metadata = { title: 'Security · Holdfast' }

export default function Page() {
  return <SecurityPage />
}
