import type { Metadata } from 'next'
import { RegisterPage } from '../../account/account-pages'

export const metadata: Metadata = { title: 'Ask for an account · Holdfast' }

export default function Page() {
  return <RegisterPage />
}
