import { describe, expect, it } from 'vitest'
import { checkSettings } from './node-settings.ts'
import { recommendedSettings, withRecommended } from './recommended-settings.ts'

/** As a plain `ipfs init` of Kubo 0.43.1 writes them, in part. */
const plain = {
  Identity: { PeerID: '12D3KooWx', PrivKey: 'secret' },
  Addresses: { API: '/ip4/127.0.0.1/tcp/5001' },
  Bootstrap: ['auto'],
  Datastore: {
    StorageMax: '10GB',
    HashOnRead: false,
    Spec: {
      type: 'mount',
      mounts: [
        { mountpoint: '/blocks', path: 'blocks', type: 'flatfs', sync: false },
        { mountpoint: '/', path: 'datastore', type: 'levelds', compression: 'none' },
      ],
    },
  },
  Routing: {},
  DNS: { Resolvers: { '.': 'auto' } },
  Provide: { DHT: {} },
}

describe('the recommended settings', () => {
  it.each(['public', 'local', 'private'] as const)('of a %s node are what a node is held to', (name) => {
    const network = name === 'private' ? 'private' : 'public'
    const { oldest, tried } = recommendedSettings.version
    for (const version of [`${oldest}.0`, tried])
      expect(checkSettings({ version, config: withRecommended(plain, name), network, isOpen: false })).toEqual({
        problems: [],
        warnings: [],
      })
    expect(checkSettings({ version: tried, config: plain, network, isOpen: false }).problems).not.toEqual([])
  })

  it('leave everything else as it was, the parts of a mount too', () => {
    const { Identity, Addresses, Datastore } = withRecommended(plain, 'private') as typeof plain
    expect([Identity, Addresses]).toEqual([plain.Identity, plain.Addresses])
    expect(Datastore).toMatchObject({ StorageMax: '10GB', HashOnRead: true })
    expect(Datastore.Spec.mounts).toEqual([
      { ...plain.Datastore.Spec.mounts[0], sync: true },
      plain.Datastore.Spec.mounts[1],
    ])
    expect(plain.Datastore.Spec.mounts[0]?.sync).toBe(false)
  })

  it('empty what is to be empty', () => {
    expect(withRecommended(plain, 'local')).toMatchObject({ DNS: { Resolvers: {} }, Bootstrap: [] })
    expect(withRecommended(plain, 'public')).toMatchObject({ DNS: plain.DNS, Bootstrap: plain.Bootstrap })
  })
})
