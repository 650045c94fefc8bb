import { parentPort, workerData } from 'node:worker_threads'
import { Connection } from './connection.ts'
import type { OwnLoadOptions } from './own-load.ts'

const { url: href, headers = {}, connections, seconds } = workerData as OwnLoadOptions
const url = new URL(href)
const start = performance.now()
const end = start + seconds * 1000
let answered = 0

const client = async (): Promise<void> => {
  const connection = await Connection.open(url)
  const head = connection.head('GET', `${url.pathname}${url.search}`, headers)
  while (performance.now() < end) {
    const { status } = await connection.request([head])
    if (status !== 200) throw new Error(`${href} answered ${status}`)
    answered++
  }
  connection.close()
}

await Promise.all(Array.from({ length: connections }, client))
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has none
parentPort?.postMessage(answered / ((performance.now() - start) / 1000))
