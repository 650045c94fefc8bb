import type { Metadata } from 'next'
import { SsoPage } from '../../sso/sso-page'

export const metadata: Metadata = { title: 'Single sign-on · Holdfast' }

export default function Page() {
  return <SsoPage />
}
