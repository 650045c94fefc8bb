import { Connection } from './connection.ts'

export type PacedLoad = { url: URL; perSecond: number; connections: number; seconds: number }

/**
 * GETs at a fixed pace, whatever the answers take: one that is due while all connections wait is sent when one is free, and counts from when it was
 * due. @returns the milliseconds of each @throws Error when any answer was not a success
 */
export const runPacedLoad = async ({ url, perSecond, connections, seconds }: PacedLoad): Promise<number[]> => {
  const idle = await Promise.all(Array.from({ length: connections }, () => Connection.open(url)))
  const head = idle[0]?.head('GET', `${url.pathname}${url.search}`, {}) ?? Buffer.alloc(0)
  const waited: number[] = []
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const start = performance.now()
  const total = Math.floor(perSecond * seconds)
  let sent = 0
  const dueAt = (index: number): number => start + (index * 1000) / perSecond
  const ask = async (connection: Connection, since: number): Promise<void> => {
    const { status } = await connection.request([head])
    if (status !== 200) throw new Error(`${url.href} answered ${status}`)
    waited.push(performance.now() - since)
    idle.push(connection)
    if (waited.length === total) resolve()
    sendDue()
  }
  const sendDue = (): void => {
    for (const now = performance.now(); sent < total && dueAt(sent) <= now; sent++) {
      const connection = idle.pop()
      if (connection === undefined) return
      ask(connection, dueAt(sent)).catch(reject)
    }
  }
  const timer = setInterval(sendDue, 1)
  await promise.finally(() => clearInterval(timer))
  for (const connection of idle) connection.close()
  return waited
}
