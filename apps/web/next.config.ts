import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NextConfig } from 'next'

const api = process.env['API_URL'] ?? 'http://127.0.0.1:3000'
const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

const shared: NextConfig = {
  reactStrictMode: true,
  turbopack: { root: repository },
  // `npm run type-check` does that; a start need not wait for it.
  typescript: { ignoreBuildErrors: true },
}

/** `next build` writes the static export that the API serves; `next dev` hands API calls on to a running platform. */
const config = (phase: string): NextConfig =>
  phase === 'phase-development-server'
    ? { ...shared, rewrites: async () => [{ source: '/api/:path*', destination: `${api}/api/:path*` }] }
    : { ...shared, output: 'export' }

export default config
