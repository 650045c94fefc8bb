import type { Metadata } from 'next'
import { InvitationPage } from '../../account/invitation-page'

export const metadata: Metadata = { title: 'Invitation · Holdfast' }

export default function Page() {
  return <InvitationPage />
}
