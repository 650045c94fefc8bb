import type { Server } from 'node:http'
import type { Server as TlsServer } from 'node:https'

/** Stops accepting, lets what is under way finish, and cuts what is left after `deadlineMs`. */
export const drainServer = async (server: Server | TlsServer, deadlineMs: number): Promise<void> => {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  // A connection that was busy until now becomes idle without anybody noticing.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs)
  await closed
  clearInterval(sweep)
  clearTimeout(deadline)
}
