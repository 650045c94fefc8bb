import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { DEFAULT_GRANTS } from '@apps/api/authorization/scopes'
import { READY_LINE } from '@apps/platform/banner'
import { repositoryFolder } from '@apps/platform/repository-folder'
import { startServer } from '@packages/testkit/server-process'
import type { Contestant } from './contestant.ts'

const EMAIL = 'bench@example.org'
const PASSWORD = 'a password for an hour'
const DENIED = 10_000
const BOUNDARY = 'bench-boundary'
const LINE_END = Buffer.from('\r\n')

const filePart = (filename: string): Buffer =>
  Buffer.from(
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  )

/**
 * The platform as `npm start` runs it, on free ports and with the settings that users get by default, a denylist and an access log. Given a folder, each
 * of its Node processes leaves a CPU profile there when it stops.
 */
export const startHoldfast = async (
  directory: string,
  cpuProfiles: string | null,
  settings: Record<string, string> = {},
): Promise<Contestant & { log: () => Promise<string> }> => {
  const dataDir = path.join(directory, 'holdfast')
  await mkdir(dataDir, { recursive: true })
  const denylist = path.join(dataDir, 'bench.deny')
  await writeFile(denylist, deniedLines())
  const server = await startServer({
    command: [process.execPath, 'apps/platform/src/main.ts'],
    cwd: repositoryFolder,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATA_DIR: path.join(dataDir, 'data'),
      API_PORT: '0',
      GATEWAY_PORT: '0',
      METRICS_PORT: '0',
      IPFS_NETWORK: 'none',
      DENYLISTS: denylist,
      GATEWAY_ACCESS_LOG: path.join(dataDir, 'access.log'),
      SWARM_PORT: '0',
      ADMIN_EMAIL: EMAIL,
      ADMIN_PASSWORD: PASSWORD,
      ...settings,
      ...(cpuProfiles !== null && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${path.resolve(cpuProfiles)}` }),
    },
    logFile: path.join(dataDir, 'log'),
    readyText: `${READY_LINE}\n`,
    readyMs: 240_000,
  })
  const log = await server.log()
  const api = addressIn(log, /API and dashboard\s+(http\S+)/)
  const gateway = addressIn(log, /Gateway\s+(http\S+)/)
  const key = await makeApiKey(api)
  const { version } = JSON.parse(await readFile(path.join(repositoryFolder, 'package.json'), 'utf8'))
  const addRequest = {
    path: '/api/v1/files/upload',
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, authorization: `Bearer ${key}` },
    before: filePart('bench.bin'),
    after: Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  }
  return {
    name: 'holdfast',
    version: String(version),
    pid: server.pid,
    api,
    gateway,
    addRequest,
    addFolderRequest: { ...addRequest, part: (name) => Buffer.concat([LINE_END, filePart(name)]) },
    dryRunRequest: { ...addRequest, path: '/api/v1/cid' },
    importCarRequest: {
      ...addRequest,
      path: '/api/v1/files/car',
      headers: { ...addRequest.headers, 'content-type': 'application/vnd.ipld.car' },
      before: Buffer.alloc(0),
      after: Buffer.alloc(0),
    },
    readCid: (status, body) => {
      if (status !== 201 && status !== 200) throw new Error(`holdfast answered ${status}: ${body.slice(0, 500)}`)
      const answer = JSON.parse(body)
      return String(answer.cid ?? (answer.file ?? answer.files[0].file).cid)
    },
    stop: () => server.stop(),
    log: () => server.log(),
  }
}

/** A denylist of the usual kind, as operators have one: nothing of it is ever asked for, and each request is looked up in it. */
const deniedLines = (): string =>
  Array.from({ length: DENIED }, (_, n) => `//${createHash('sha256').update(`denied ${n}`).digest('hex')}\n`).join('')

const addressIn = (log: string, pattern: RegExp): URL => {
  const found = pattern.exec(log)?.[1]
  if (found === undefined) throw new Error(`no address in what the platform printed:\n${log.slice(-2000)}`)
  return new URL(found)
}

const makeApiKey = async (api: URL): Promise<string> => {
  const tokens = await post(new URL('/api/v1/auth/login', api), { email: EMAIL, password: PASSWORD }, {})
  const made = await post(
    new URL('/api/v1/api-keys', api),
    { name: 'bench', scopes: [...DEFAULT_GRANTS, 'gateways:write'] },
    { authorization: `Bearer ${String(tokens.accessToken)}` },
  )
  return String(made.key)
}

const post = async (url: URL, body: unknown, headers: Record<string, string>): Promise<Record<string, unknown>> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Record<string, unknown>
}
