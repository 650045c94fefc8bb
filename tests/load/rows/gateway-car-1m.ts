import { addFileOf, gatewayRateOf } from './gateway-rate.ts'

export const gatewayCar1m = gatewayRateOf(
  'gateway-car-1m',
  'GET /ipfs/:cid?format=car of one file of 1 MiB and a byte',
  async (contestant) => {
    // More than one block, so that there is a tree to walk.
    const proof = await addFileOf(contestant, 1024 * 1024 + 1)
    return { url: new URL(`/ipfs/${proof}?format=car`, contestant.gateway), proof }
  },
)
