import { StartError } from '@packages/runtime/start-error'

export type RotationFacts = {
  /** For messages. */
  place: string
  /** The keys that are given, the newest first. */
  given: readonly Uint8Array[]
  /** The versions that they are, the newest first. */
  held: readonly { version: number; bytes: Uint8Array }[]
  /** Of the database, the newest first. */
  versions: readonly number[]
  /** Versions that tenants' keys are wrapped by and that none of the keys opens. */
  lacking: readonly number[]
  /** Whether a new key may be written where they are kept. */
  ours: boolean
}

/** `make` a key and add it; `add` the first one, which is new; `go-on`: the first one is the newest version already. */
export type RotationStep = 'make' | 'add' | 'go-on'

/**
 * Pure: what a rotation has to begin with, also one that a killed run has left anywhere. @throws StartError when the keys do not fit
 */
export const planRotation = (facts: RotationFacts): RotationStep => {
  const { place, given, held, versions, lacking, ours } = facts
  const [newest, ...older] = held
  const [first, second] = given
  if (first === undefined || newest === undefined || newest.version !== versions[0])
    throw new StartError(`The master key is not the newest one of this database: ${place}`)
  if (second !== undefined && same(first, second)) throw new StartError(`The two master keys are the same: ${place}`)
  if (lacking.length > 0)
    throw new StartError(`Version ${lacking.join(', ')} of the master key is still needed: give it second in ${place}`)
  if (older.some(({ bytes }) => same(first, bytes)))
    throw new StartError(`The newer of two master keys comes first: ${place}`)
  if (!same(first, newest.bytes)) return 'add'
  if (second !== undefined || versions.length > 1) return 'go-on'
  if (!ours) throw new StartError(`Give two master keys, the new one first and the present one second: ${place}`)
  return 'make'
}

const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.from(one).equals(other)
