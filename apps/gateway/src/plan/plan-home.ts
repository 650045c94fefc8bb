import { planOwn } from './plan-own.ts'
import type { ResponsePlan } from './response-plan.ts'

const TEXT = `Holdfast IPFS gateway

  /ipfs/CID          a file by its CID
  /ipfs/CID/NAME     the same, under the name it was uploaded with
  /ipfs/CID/a/b.txt  a file in a folder; /ipfs/CID/ lists it

It serves what is pinned here.
`

export const planHome = (method: string): ResponsePlan => planOwn(method, 200, 'text/plain; charset=utf-8', TEXT)
