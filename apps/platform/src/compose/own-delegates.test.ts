import { MasterKey } from '@packages/runtime/master-key'
import type { NetworkReport } from '@services/ipfs-manager/network/embedded-network'
import { peerIdentity } from '@services/ipfs-manager/peer-identity'
import { expect, it } from 'vitest'
import { ownDelegates } from './own-delegates.ts'

const masterKey = new MasterKey(new Uint8Array(32))
const { peerId } = peerIdentity(masterKey)
const settings = (port: number | null, host = '127.0.0.1') => ({
  host,
  publicUrl: 'https://pin.example.org',
  swarm: { port, bootstrap: [], announce: [] },
})
const network = (state: NetworkReport['state'], addresses: string[] = []) => ({
  settled: async () => ({ state, addresses, reason: null, peerId, peers: 0, sentBytes: 0 }),
})

it.each<[string, Parameters<typeof ownDelegates>[0], Parameters<typeof ownDelegates>[2], string[]]>([
  ['listens', settings(4001), network('up'), [`/ip4/127.0.0.1/tcp/4001/p2p/${peerId}`]],
  ['is about to', settings(4001), network('starting'), [`/ip4/127.0.0.1/tcp/4001/p2p/${peerId}`]],
  ['listens everywhere', settings(4001, '0.0.0.0'), network('up'), [`/dns/pin.example.org/tcp/4001/p2p/${peerId}`]],
  ['has a free port', settings(0), network('up', ['/ip4/127.0.0.1/tcp/9/p2p/x', 'y']), ['/ip4/127.0.0.1/tcp/9/p2p/x']],
  ['has no port yet', settings(0), network('starting'), []],
  ['found its port taken', settings(4001), network('failed'), []],
  ['has stopped', settings(4001), network('stopped'), []],
  ['is off', settings(null), null, []],
  ['is in a private network', settings(4001), null, []],
])('names the own node where it %s', async (_what, given, node, addresses) => {
  expect(await ownDelegates(given, masterKey, node)()).toEqual(addresses)
})
