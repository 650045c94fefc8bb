import { planOwn } from './plan-own.ts'
import type { ResponsePlan } from './response-plan.ts'

const PINNED = 'It serves what is pinned here.'
const OPEN = 'It serves what is pinned here, and fetches from the IPFS network what is not.'

const textOf = (serves: string): string => `Holdfast IPFS gateway

  /ipfs/CID          a file by its CID
  /ipfs/CID/NAME     the same, under the name it was uploaded with
  /ipfs/CID/a/b.txt  a file in a folder; /ipfs/CID/ lists it
  /ipns/NAME         where an IPNS name or a domain's DNSLink leads

${serves}
`

export const planHome = (method: string, { fetches }: { fetches: boolean }): ResponsePlan =>
  planOwn(method, 200, 'text/plain; charset=utf-8', textOf(fetches ? OPEN : PINNED))
