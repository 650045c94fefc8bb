import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '@packages/runtime/start-error'
import { z } from 'zod'
import { freePortNear } from '../../choose-ports.ts'

/** The Kubo nodes that `ipfs:up` runs on this machine. What is here is decided before any of them is made. */
const fleetSchema = z.strictObject({
  network: z.enum(['local', 'private', 'public']),
  /** Asked of callers of each RPC. */
  token: z.string(),
  /** 64 hex digits; null where anybody may connect. */
  swarmKey: z.string().nullable(),
  nodes: z.array(
    z.strictObject({ name: z.string(), rpcPort: z.number(), gatewayPort: z.number(), swarmPort: z.number() }),
  ),
})

export type Fleet = z.infer<typeof fleetSchema>
export type FleetNode = Fleet['nodes'][number]

export const HOST = '127.0.0.1'
const MODE = 0o600
/** Each node's ports stand that far from those of the one before, as architecture has it: 4001, 4011, 4021. */
const STEP = 10

export const fleetFolder = (dataDir: string): string => join(dataDir, 'kubo')
export const nodeFolder = (dataDir: string, { name }: Pick<FleetNode, 'name'>): string =>
  join(fleetFolder(dataDir), name)
/** Holds the value of `KUBO_NODES`; it has the token in it. */
export const nodesFile = (dataDir: string): string => join(fleetFolder(dataDir), 'nodes.json')
export const rpcUrl = ({ rpcPort }: FleetNode): string => `http://${HOST}:${rpcPort}`

const fleetFile = (dataDir: string): string => join(fleetFolder(dataDir), 'fleet.json')

/** Null when none was made on this data folder. @throws StartError for a file that is not ours */
export const readFleet = async (dataDir: string): Promise<Fleet | null> => {
  const file = fleetFile(dataDir)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new StartError(`${file} cannot be read (${error.code})`, { cause: error })
  })
  if (text === null) return null
  try {
    return fleetSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new StartError(`${file} is not what npm run ipfs:up writes`, { cause })
  }
}

/** @throws StartError when there is none */
export const requireFleet = async (dataDir: string): Promise<Fleet> => {
  const fleet = await readFleet(dataDir)
  if (fleet === null)
    throw new StartError(`There are no Kubo nodes in ${fleetFolder(dataDir)}: npm run ipfs:up makes some`)
  return fleet
}

/**
 * The fleet that there is, with more nodes when more are wanted; a new one where there is none. Written down before anything of it is made, so that what a
 * crash interrupts is gone on with.
 * @param wanted how many nodes; null is as many as there are, or three
 * @throws StartError for a network that the fleet is not of
 */
export const planFleet = async (
  dataDir: string,
  { wanted, network }: { wanted: number | null; network: Fleet['network'] | null },
): Promise<Fleet> => {
  const found = await readFleet(dataDir)
  if (found !== null && network !== null && network !== found.network)
    throw new StartError(
      `The nodes in ${fleetFolder(dataDir)} are ${found.network} ones: nodes of another network need another DATA_DIR`,
    )
  const fleet = found ?? newFleet(network ?? 'local')
  for (let index = fleet.nodes.length; index < (wanted ?? (found === null ? 3 : 0)); index++)
    fleet.nodes.push(await newNode(index))
  await mkdir(fleetFolder(dataDir), { recursive: true, mode: 0o700 })
  await writePrivately(fleetFile(dataDir), fleet)
  const { token } = fleet
  const nodes = fleet.nodes.map((node) => ({
    url: rpcUrl(node),
    token,
    name: node.name,
    network: fleet.network === 'private' ? 'private' : 'public',
  }))
  await writePrivately(nodesFile(dataDir), nodes)
  return fleet
}

const newFleet = (network: Fleet['network']): Fleet => ({
  network,
  token: randomBytes(24).toString('base64url'),
  swarmKey: network === 'private' ? randomBytes(32).toString('hex') : null,
  nodes: [],
})

const newNode = async (index: number): Promise<FleetNode> => ({
  name: `kubo-${index + 1}`,
  rpcPort: await freePortNear(HOST, 'RPC port', 5001 + index * STEP),
  gatewayPort: await freePortNear(HOST, 'gateway port', 8081 + index * STEP),
  swarmPort: await freePortNear(HOST, 'swarm port', 4001 + index * STEP),
})

/** Whole or not at all; it holds secrets. */
const writePrivately = async (file: string, value: object): Promise<void> => {
  const draft = await open(`${file}.new`, 'w', MODE)
  await draft.writeFile(`${JSON.stringify(value, null, 2)}\n`)
  await draft.sync()
  await draft.close()
  await rename(`${file}.new`, file)
}
