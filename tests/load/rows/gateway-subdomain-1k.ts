import { addFileOf, gatewayRateOf } from './gateway-rate.ts'

export const gatewaySubdomain1k = gatewayRateOf(
  'gateway-subdomain-1k',
  'GET / of one file of 1 KiB on its own host, :cid.ipfs.localhost',
  async ({ gateway, ...contestant }) => {
    const proof = await addFileOf({ gateway, ...contestant }, 1024)
    return { url: new URL('/', gateway), headers: { Host: `${proof}.ipfs.localhost:${gateway.port}` }, proof }
  },
)
