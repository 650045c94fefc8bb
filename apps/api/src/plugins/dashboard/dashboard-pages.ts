import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

/** A file of the static export, as it is sent. */
export type DashboardPage = {
  /** Below the export's folder. */
  file: string
  cacheControl: string
  contentSecurityPolicy: string
}

/** The export by address: `/setup` and `/setup.html` are one page. Only these are served, so that no path leads elsewhere. */
export type DashboardPages = {
  at(path: string): DashboardPage | undefined
  /** Next's page for unknown addresses. */
  notFound: DashboardPage | undefined
}

/** What stands between the tags of scripts that have no `src`. */
const inlineScripts = (html: string): string[] =>
  html
    .split('</script>')
    .slice(0, -1)
    .flatMap((piece) => {
      const open = piece.indexOf('<script')
      const end = piece.indexOf('>', open)
      return open === -1 || end === -1 || /\ssrc=/.test(piece.slice(open, end)) ? [] : [piece.slice(end + 1)]
    })

/** CSP sources for a page's own inline scripts, so that injected ones do not run (CSP Level 3, 2.3.1). */
export const inlineScriptHashes = (html: string): string[] => [
  ...new Set(inlineScripts(html).map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)),
]

/** @param gatewayUrl where pictures and films of files come from */
export const pagePolicy = (scriptHashes: readonly string[], gatewayUrl: string): string => {
  const gateway = new URL(gatewayUrl).origin
  return [
    "default-src 'self'",
    ["script-src 'self'", ...scriptHashes].join(' '),
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: blob: ${gateway}`,
    `media-src 'self' blob: ${gateway}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** Names with a content hash in them never change. */
const cacheControlOf = (path: string): string =>
  path.startsWith('/_next/static/') ? 'public, max-age=31536000, immutable' : 'no-cache'

/** What of the folder is no part of the site: build notes and hidden files. */
const isServed = (path: string): boolean =>
  path !== '/csp.json' && !path.split('/').some((part) => part.startsWith('.'))

const addressesOf = (path: string): string[] => {
  if (!path.endsWith('.html')) return [path]
  const page = path.slice(0, -'.html'.length)
  if (page === '/index') return ['/', path]
  return page.endsWith('/index') ? [page.slice(0, -'/index'.length), path] : [page, path]
}

/** Reads the folder's names (and its pages' scripts) once. An absent folder is a dashboard without pages. */
export const readDashboard = async (directory: string, gatewayUrl: string): Promise<DashboardPages> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  const pages = new Map<string, DashboardPage>()
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const file = relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/')
    const path = `/${file}`
    if (!isServed(path)) continue
    const hashes = path.endsWith('.html') ? inlineScriptHashes(await readFile(join(directory, file), 'utf8')) : []
    const page = { file, cacheControl: cacheControlOf(path), contentSecurityPolicy: pagePolicy(hashes, gatewayUrl) }
    for (const address of addressesOf(path)) pages.set(address, page)
  }
  return {
    at: (path) => pages.get(path) ?? (path.length > 1 && path.endsWith('/') ? pages.get(path.slice(0, -1)) : undefined),
    notFound: pages.get('/404.html'),
  }
}
