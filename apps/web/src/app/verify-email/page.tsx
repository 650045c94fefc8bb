import type { Metadata } from 'next'
import { VerifyEmailPage } from '../../account/account-pages'

export const metadata: Metadata = { title: 'Confirm your address · Holdfast' }

export default function Page() {
  return <VerifyEmailPage />
}
