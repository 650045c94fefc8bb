import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/**
 * Adds the platform packages that npm left out of package-lock.json, because the registry at hand did not serve them
 * (a mirror) or because node_modules was there (npm/cli#4828). Without them `npm ci` refuses the whole lockfile, on every
 * platform. Name and exact version stand in the package that wants them; os, cpu and libc stand in the name. There is no
 * integrity to add: npm checks what it installs by the lockfile only where it has one.
 */

type Entry = {
  version?: string
  dev?: boolean
  devOptional?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}

const path = fileURLToPath(new URL('../package-lock.json', import.meta.url))
const OS: Record<string, string> = { windows: 'win32' }
const LIBC: Record<string, string> = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' }
const PLATFORM =
  /(android|darwin|freebsd|linux|openharmony|win32|windows)-(x64|arm64|arm|ia32|ppc64|riscv64|s390x)(?:-([a-z]+))?$/

const platformOf = (name: string): Pick<Entry, 'os' | 'cpu' | 'libc'> | undefined => {
  const [, os, cpu, variant] = PLATFORM.exec(name) ?? []
  if (os === undefined || cpu === undefined) return undefined
  const libc = os === 'linux' && variant !== undefined ? LIBC[variant] : undefined
  return { os: [OS[os] ?? os], cpu: [cpu], ...(libc === undefined ? {} : { libc: [libc] }) }
}

const lockfile = JSON.parse(await readFile(path, 'utf8')) as { packages: Record<string, Entry> }
const { packages } = lockfile
const added: string[] = []
for (const entry of Object.values(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`
    if (Object.keys(packages).some((known) => known === place || known.endsWith(`/${place}`))) continue
    const platform = platformOf(name)
    if (platform === undefined || !/^\d+\.\d+\.\d+/.test(version))
      throw new Error(`What platform is ${name}@${version} for?`)
    const dev = entry.dev === true ? { dev: true } : {}
    packages[place] = { version, ...dev, optional: true, ...platform }
    added.push(`${name}@${version}`)
  }
}
lockfile.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')))
await writeFile(path, `${JSON.stringify(lockfile, null, 2)}\n`)
console.log(added.length === 0 ? 'The lockfile is complete.' : `Added ${added.length}: ${added.join(', ')}`)
