import type { Metadata } from 'next'
import { ConfirmRegistrationPage } from '../../account/account-pages'

export const metadata: Metadata = { title: 'Open the account · Holdfast' }

export default function Page() {
  return <ConfirmRegistrationPage />
}
