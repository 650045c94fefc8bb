import { createPrivateKey, createPublicKey } from 'node:crypto'
import { MasterKey } from '@packages/runtime/master-key'
import { base58btc } from 'multiformats/bases/base58'
import { expect, it } from 'vitest'
import { peerAddress, peerIdentity } from './peer-identity.ts'

const KEY = new MasterKey(new Uint8Array(32).fill(7))

it('is the same for the same key, another for another, and the peer id of its own public key', () => {
  const { seed, peerId } = peerIdentity(KEY)
  expect(peerIdentity(new MasterKey(new Uint8Array(32).fill(7)))).toEqual({ seed, peerId })
  expect(peerIdentity(new MasterKey(new Uint8Array(32).fill(8))).peerId).not.toBe(peerId)
  expect(peerId).toMatch(/^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/)
})

it('is as RFC 8032 derives keys: the first test vector’s seed has its public key', () => {
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex')
  const head = Buffer.from('302e020100300506032b657004220420', 'hex')
  const key = createPrivateKey({ key: Buffer.concat([head, seed]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  expect(spki.subarray(-32).toString('hex')).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
  // An identity multihash (0x00) of 36 bytes: type 1 (Ed25519), and 32 bytes of data (peer-ids specification).
  const id = base58btc.baseDecode(peerIdentity({ derive: () => seed }).peerId)
  expect(Buffer.from(id).toString('hex')).toBe(`002408011220${spki.subarray(-32).toString('hex')}`)
})

it.each([
  ['127.0.0.1', '/ip4/127.0.0.1/tcp/4001/p2p/x'],
  ['::1', '/ip6/::1/tcp/4001/p2p/x'],
  ['[2001:db8::1]', '/ip6/2001:db8::1/tcp/4001/p2p/x'],
  ['files.example.org', '/dns/files.example.org/tcp/4001/p2p/x'],
])('writes %s as a multiaddr', (host, address) => {
  expect(peerAddress(host, 4001, 'x')).toBe(address)
})
