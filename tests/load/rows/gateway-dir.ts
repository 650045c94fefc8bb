import { addFolder } from '../http/add-folder.ts'
import { gatewayRateOf } from './gateway-rate.ts'

const ENTRIES = 1_000

export const gatewayDir = gatewayRateOf(
  'gateway-dir',
  `GET /ipfs/:cid/ as a page, of a folder of ${ENTRIES} files`,
  async (contestant) => {
    const names = Array.from({ length: ENTRIES }, (_, n) => `folder/file ${n}.txt`)
    const proof = await addFolder(
      contestant,
      names.map((name) => [name, Buffer.from(name)] as const),
    )
    return { url: new URL(`/ipfs/${proof}/`, contestant.gateway), headers: { accept: 'text/html' }, proof }
  },
)
