import type { Metadata } from 'next'
import { DevicePage } from '../../device/device-page'

export const metadata: Metadata = { title: 'Let a program in · Holdfast' }

export default function Page() {
  return <DevicePage />
}
