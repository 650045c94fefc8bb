import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import { Providers } from '../session/providers'
import './globals.css'

export const metadata: Metadata = {
  title: 'Holdfast',
  description: 'Upload a file, keep it pinned, read it back by its CID',
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f6f7f5' },
    { media: '(prefers-color-scheme: dark)', color: '#101614' },
  ],
}

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  )
}
