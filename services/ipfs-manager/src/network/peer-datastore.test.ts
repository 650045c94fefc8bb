import { Key } from 'interface-datastore/key'
import { expect, it } from 'vitest'
import { PeerDatastore } from './peer-datastore.ts'

it('keeps so many records of strangers, the newest, and everything else', async () => {
  const store = new PeerDatastore('self', { record: 2, provider: 2 })
  const [one, two, three] = ['1', '2', '3'].map((name) => new Key(`/amino/record/${name}`)) as [Key, Key, Key]
  const own = new Key('/peers/a')
  for (const key of [own, one, two]) await store.put(key, Buffer.from('a'))
  // Brought again: it is the newer one now.
  await store.put(one, Buffer.from('b'))
  await store.put(three, Buffer.from('c'))
  expect(await Promise.all([own, one, two, three].map((key) => store.has(key)))).toEqual([true, true, false, true])
  await store.delete(three)
  await store.put(two, Buffer.from('d'))
  expect(await Promise.all([one, two].map((key) => store.has(key)))).toEqual([true, true])
})

it('keeps so many words of strangers that they provide something, the newest, and all of our own', async () => {
  const store = new PeerDatastore('self', { record: 2, provider: 2 })
  const own = ['a', 'b', 'c'].map((cid) => new Key(`/amino/provider/${cid}/self`))
  const others = ['a', 'b', 'c', 'd'].map((cid) => new Key(`/lan/provider/${cid}/stranger`))
  for (const key of [...own, ...others]) await store.put(key, Buffer.from('1'))
  expect(await Promise.all(own.map((key) => store.has(key)))).toEqual([true, true, true])
  expect(await Promise.all(others.map((key) => store.has(key)))).toEqual([false, false, true, true])
})
