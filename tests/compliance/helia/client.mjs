// Helia's remote-pinning client as its users call it, with a real libp2p. Arguments: endpoint, key, a CID that is held, one that nobody has.
import assert from 'node:assert/strict'
import { createRemotePins } from '@helia/remote-pinning'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'
import { CID } from 'multiformats/cid'

const [, , endpointUrl, accessToken, heldText, strangeText] = process.argv
const held = CID.parse(heldText)
const strange = CID.parse(strangeText)

const libp2p = await createLibp2p({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] }, transports: [tcp()] })
const pins = createRemotePins({ libp2p }, { endpointUrl, accessToken, pollInterval: 100 })
const all = async (items) => {
  const found = []
  for await (const item of items) found.push(item)
  return found
}
const signal = AbortSignal.timeout(20_000)

assert.deepEqual((await all(pins.add(held, { name: 'helia', metadata: { app: 'test' }, signal }))).map(String), [
  heldText,
])
assert.equal(await pins.isPinned(held), true)
const { status, metadata } = await pins.get(held)
assert.deepEqual({ status, metadata }, { status: 'pinned', metadata: { app: 'test' } })
assert.deepEqual(
  (await all(pins.ls({ signal }))).map(({ cid, name }) => [String(cid), name]),
  [[heldText, 'helia']],
)
await pins.setMetadata(held, { app: 'other' })
assert.deepEqual((await pins.get(held)).metadata, { app: 'other' })
await all(pins.rm(held))
assert.equal(await pins.isPinned(held), false)
await assert.rejects(pins.get(held))

// What nobody has is waited for until the caller gives up, and can be cancelled while it is queued.
await all(pins.add(strange, { signal: AbortSignal.timeout(500) })).catch(() => undefined)
assert.match((await pins.get(strange)).status, /^(queued|pinning)$/)
await all(pins.rm(strange))
assert.equal(await pins.isPinned(strange), false)
await libp2p.stop()
console.log('the client of Helia passes')
