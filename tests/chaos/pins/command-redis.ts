import { once } from 'node:events'
import { connect } from 'node:net'

/** One command to a Redis at `unix://…`. @throws Error when it says no */
export const commandRedis = async (url: string, command: string): Promise<void> => {
  const socket = connect(url.slice('unix://'.length))
  try {
    socket.write(`${command}\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    if (!answer.toString().startsWith('+')) throw new Error(`Redis: ${answer.toString()}`)
  } finally {
    socket.destroy()
  }
}
