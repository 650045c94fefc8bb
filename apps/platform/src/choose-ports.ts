import { once } from 'node:events'
import { createServer } from 'node:net'
import { type Config, localOrigin } from '@packages/runtime/config'
import { StartError } from '@packages/runtime/start-error'

/** Below the range that systems take outgoing connections' ports from, so that none of those gets in between. */
const FREE_FROM = 20_000
const FREE_TO = 32_000
/** Ports of one process in turn, so that those that start at the same time do not choose the same ones. */
const SHARE = 30
const SHARES = (FREE_TO - FREE_FROM) / SHARE
/** Not by the process's id: in containers that share a network those are alike. */
const OWN_SHARE = Math.floor(Math.random() * SHARES)

/** Listens for a moment; null when that works, else why not (`EADDRINUSE`, `EACCES`, …). */
const whyTaken = async (host: string, port: number): Promise<string | null> => {
  const server = createServer()
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    return null
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
  } finally {
    server.close()
  }
}

/** The line for an operator whose port cannot be had. */
export const portProblem = (setting: string, host: string, port: number, code: string): string => {
  if (code === 'EADDRINUSE') return `${setting} ${port} is taken: another program listens on ${host}:${port}`
  if (code === 'EACCES') return `${setting} ${port} may not be used by this user: choose one above 1023`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `HOST ${host} is not an address of this machine (${code})`
  return `${setting} ${port} cannot be used on ${host} (${code})`
}

let turns = Math.floor(Math.random() * SHARE)

const freePort = async (host: string, setting: string): Promise<number> => {
  let code = 'EADDRINUSE'
  for (let tries = 0; tries < 2 * SHARE; tries++) {
    // When all of its own are taken: those of the next.
    const share = (OWN_SHARE + Math.floor(tries / SHARE)) % SHARES
    const port = FREE_FROM + share * SHARE + (turns++ % SHARE)
    const problem = await whyTaken(host, port)
    if (problem === null) return port
    code = problem
  }
  throw new StartError(portProblem(setting, host, 0, code))
}

/** The one that is wished for when it is free, else another. @throws StartError */
export const freePortNear = async (host: string, setting: string, wished: number): Promise<number> =>
  (await whyTaken(host, wished)) === null ? wished : freePort(host, setting)

const usable = async (host: string, setting: string, port: number): Promise<number> => {
  if (port === 0) return freePort(host, setting)
  const problem = await whyTaken(host, port)
  if (problem !== null) throw new StartError(portProblem(setting, host, port, problem))
  return port
}

/**
 * Looks at the ports of this process's roles before anything else is started: free ones are chosen for 0, and the
 * derived addresses follow.
 * @throws StartError naming port and setting
 */
export const choosePorts = async (config: Config): Promise<Config> => {
  const apiPort = config.roles.has('api') ? await usable(config.host, 'API_PORT', config.apiPort) : config.apiPort
  const gatewayPort = config.roles.has('gateway')
    ? await usable(config.host, 'GATEWAY_PORT', config.gatewayPort)
    : config.gatewayPort
  const follow = (url: string, before: number, now: number): string =>
    url === localOrigin(config, before) ? localOrigin(config, now) : url
  return {
    ...config,
    apiPort,
    gatewayPort,
    publicUrl: follow(config.publicUrl, config.apiPort, apiPort),
    gatewayUrl: follow(config.gatewayUrl, config.gatewayPort, gatewayPort),
  }
}
