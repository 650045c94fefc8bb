import { verifiedOrNull, type Verified } from '@packages/content/ipns/newest-record'
import { expect, it } from 'vitest'
import { ipnsKey, makeIpnsRecord } from '../test-support/make-ipns-record.ts'
import { newestAnswer } from './newest-answer.ts'

const key = ipnsKey('asked')
const record = (sequence: bigint): Verified => {
  const verified = verifiedOrNull(key.name, makeIpnsRecord(key, { value: '/ipfs/a', sequence }), Date.now())
  if (verified === null) throw new Error('it is valid')
  return verified
}
const never = new Promise<Verified | undefined>(() => {})
const nobody = { graceMs: 5_000, onLater: () => expect.unreachable() }

it('is that of whoever has the newest', async () => {
  const asks = [Promise.resolve(record(1n)), Promise.resolve(record(3n)), Promise.resolve(record(2n))]
  expect((await newestAnswer(asks, nobody)).best).toEqual(record(3n))
})

it('is not held up by who is silent, once somebody has one', async () => {
  const asks = [Promise.resolve(record(1n)), never]
  expect((await newestAnswer(asks, { ...nobody, graceMs: 1 })).best).toEqual(record(1n))
})

it('waits for the last one while nobody has one', async () => {
  const late = Promise.withResolvers<Verified | undefined>()
  const answer = newestAnswer([Promise.resolve(undefined), late.promise], { ...nobody, graceMs: 1 })
  late.resolve(record(1n))
  expect((await answer).best).toEqual(record(1n))
})

it('what comes later and is newer is told, and what is older is not', async () => {
  const [newer, older] = [Promise.withResolvers<Verified | undefined>(), Promise.withResolvers<Verified | undefined>()]
  const told = Promise.withResolvers<Verified>()
  const asks = [Promise.resolve(record(2n)), newer.promise, older.promise]
  expect((await newestAnswer(asks, { graceMs: 1, onLater: told.resolve })).best).toEqual(record(2n))
  older.resolve(record(1n))
  newer.resolve(record(3n))
  expect(await told.promise).toEqual(record(3n))
})

it('is unsure where somebody could not be asked', async () => {
  const asks = [Promise.resolve(undefined), Promise.reject(new Error('down'))]
  expect(await newestAnswer(asks, nobody)).toEqual({ best: undefined, isUnsure: true })
  expect(await newestAnswer([Promise.resolve(undefined)], nobody)).toEqual({ best: undefined, isUnsure: false })
  expect(await newestAnswer([], nobody)).toEqual({ best: undefined, isUnsure: false })
})
