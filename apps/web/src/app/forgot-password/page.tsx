import type { Metadata } from 'next'
import { ForgotPasswordPage } from '../../account/account-pages'

export const metadata: Metadata = { title: 'Forgot the password · Holdfast' }

export default function Page() {
  return <ForgotPasswordPage />
}
