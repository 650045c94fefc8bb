import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { BlockStore } from './block-store.ts'
import { putDag } from './test-dags.ts'
import { crashDag } from './test-crash-dag.ts'

/**
 * A process that is there to be killed, for kill-store.test.ts: mixed uploads, adoptions and releases while compactions run, each told on stdout once before it
 * is asked for and once when it was acknowledged. Arguments: folder, first number, known content ids.
 */
const [directory = '', first = '0', known = ''] = process.argv.slice(2)
const say = (line: string): void => void writeSync(1, `${line}\n`)

const plant = process.env.HOLDFAST_PLANT
const faults = plant === undefined ? {} : { [plant]: plant === 'dropReference' ? () => Math.random() < 0.1 : true }
const store = await BlockStore.open({
  directory,
  spillBytes: 20_000,
  segmentBytes: 200_000,
  sliceBlocks: 32,
  faults,
})
say('ready')

let next = Number(first)
const held = known.split(',').filter((id) => id !== '')

const upload = async (): Promise<void> => {
  const n = next++
  say(`put ${n}`)
  await putDag(store, String(n), crashDag(n))
  say(`put-done ${n}`)
  held.push(String(n))
}

/** `12a7` is the root number 12, on the DAG of upload 7. */
const dagNumber = (id: string): number => Number(id.slice(id.indexOf('a') + 1))

const adopt = async (): Promise<void> => {
  const of = held[Math.floor(Math.random() * held.length)]
  if (of === undefined) return
  const id = `${next++}a${dagNumber(of)}`
  say(`put ${id}`)
  const adopted = await store.adoptRoot({ realm: 'public', contentId: id, cid: crashDag(dagNumber(of)).root })
  say(`${adopted ? 'put-done' : 'put-refused'} ${id}`)
  if (adopted) held.push(id)
}

const release = async (): Promise<void> => {
  const [id] = held.splice(Math.floor(Math.random() * held.length), 1)
  if (id === undefined) return
  say(`release ${id}`)
  await store.release(id)
  say(`release-done ${id}`)
}

const client = async (): Promise<never> => {
  for (;;) {
    const dice = Math.random()
    if (dice < 0.6) await upload()
    else if (dice < 0.7) await adopt()
    else await release()
    if (dice > 0.95) await sleep(1)
  }
}

const compactor = async (): Promise<never> => {
  for (;;) {
    await store.compact({ minDeadShare: 0.2 })
    await sleep(Math.random() * 10)
  }
}

await Promise.all([...Array.from({ length: 6 }, client), compactor()])
