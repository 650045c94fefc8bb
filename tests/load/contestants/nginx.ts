import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '@packages/testkit/free-port'
import { startServer } from '@packages/testkit/server-process'
import type { Contestant } from './contestant.ts'
import { startPlainFiles } from './plain-files.ts'

/** The version of the nginx on the PATH, or null. */
export const nginxVersion = async (): Promise<string | null> => {
  try {
    const { stderr } = await promisify(execFile)('nginx', ['-v'])
    return /nginx\/(\S+)/.exec(stderr)?.[1] ?? null
  } catch {
    return null
  }
}

const configuration = (port: number, root: string, directory: string): string => `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes auto;
pid ${directory}/pid;
error_log ${directory}/errors;
events { worker_connections 1024; }
http {
  access_log ${directory}/access;
  default_type application/octet-stream;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${directory}/${name};`).join('\n  ')}
  server { listen 127.0.0.1:${port} backlog=1024; root ${root}; }
}
`

/** nginx over plain files that are named by their CIDs, with sendfile and its access log: what a disk and a kernel can do. */
export const startNginx = async (within: string): Promise<Contestant> => {
  const directory = path.join(within, 'nginx')
  const root = path.join(directory, 'root')
  await mkdir(path.join(root, 'ipfs'), { recursive: true })
  const uploads = await startPlainFiles(path.join(root, 'ipfs'))
  const port = await freePort()
  const configurationFile = path.join(directory, 'nginx.conf')
  await writeFile(configurationFile, configuration(port, root, directory))
  const server = await startServer({
    command: ['nginx', '-p', directory, '-e', path.join(directory, 'start'), '-c', configurationFile],
    cwd: directory,
    env: { PATH: process.env.PATH },
    logFile: path.join(directory, 'log'),
    readyText: '',
    readyMs: 10_000,
  })
  await untilItAnswers(new URL(`http://127.0.0.1:${port}/`), () => readFile(path.join(directory, 'errors'), 'utf8'))
  return {
    name: 'nginx',
    version: (await nginxVersion()) ?? '',
    pid: server.pid,
    gateway: new URL(`http://127.0.0.1:${port}`),
    ...uploads,
    stop: async () => {
      await server.stop()
      await uploads.stop()
    },
  }
}

const untilItAnswers = async (url: URL, errors: () => Promise<string>): Promise<void> => {
  for (const limit = performance.now() + 10_000; performance.now() < limit; )
    try {
      await fetch(url)
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  throw new Error(`nginx does not answer: ${await errors()}`)
}
