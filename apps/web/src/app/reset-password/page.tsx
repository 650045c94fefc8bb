import type { Metadata } from 'next'
import { ResetPasswordPage } from '../../account/account-pages'

export const metadata: Metadata = { title: 'New password · Holdfast' }

export default function Page() {
  return <ResetPasswordPage />
}
