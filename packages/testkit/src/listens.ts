import { once } from 'node:events'
import { connect } from 'node:net'

/** Whether somebody takes connections on a port of loopback, or on a unix socket. */
export const listens = async (where: { port: number } | { path: string }): Promise<boolean> => {
  const socket = connect({ ...where, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
