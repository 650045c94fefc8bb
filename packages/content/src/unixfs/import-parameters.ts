import { HoldfastError } from '@packages/shared/holdfast-error'
import {
  type ChunkerProfile,
  checkDirectoryProfile,
  checkImportProfile,
  DEFAULT_IMPORT_PROFILE,
  type HamtEstimation,
  type ImportProfile,
  type ImportProfileName,
  importProfiles,
} from './import-profile.ts'
import { parseChunker } from './parse-chunker.ts'

/** Import parameters as people give them: a profile's name, and what differs from it. */
export type ImportParameters = {
  profile?: string
  /** `size-<bytes>`, `rabin`, `rabin-<average>`, `rabin-<min>-<average>-<max>` or `buzhash`, as in `ipfs add --chunker`. */
  chunker?: string
  maxLinks?: number
  hamtThreshold?: number
  hamtFanout?: number
  hamtEstimation?: string
  directoryMaxLinks?: number
  cidVersion?: number
  rawLeaves?: boolean
  /** `balanced`; Kubo's `trickle` is refused. */
  layout?: string
  /** Kubo's inlining of small blocks; only false. */
  inline?: boolean
}

const ESTIMATIONS: readonly string[] = ['links', 'block', 'disabled'] satisfies HamtEstimation[]

/**
 * The whole profile behind `parameters`: those of the named profile (by default `unixfs-v1-2025`) with what was given in
 * their place, as Kubo reads its flags over its configuration profile. It has a name only when it equals that profile.
 * @throws HoldfastError `invalid_request`, whose detail and `fields` name the parameter
 */
export const importProfileOf = (parameters: ImportParameters): ImportProfile => {
  const { profile: name = DEFAULT_IMPORT_PROFILE, cidVersion, hamtEstimation, layout, inline } = parameters
  if (!isProfileName(name))
    throw invalidParameter('profile', `Known profiles are ${Object.keys(importProfiles).join(', ')}.`)
  if (cidVersion !== undefined && cidVersion !== 0 && cidVersion !== 1)
    throw invalidParameter('cidVersion', 'A CID has version 0 or 1.')
  if (hamtEstimation !== undefined && !isEstimation(hamtEstimation))
    throw invalidParameter('hamtEstimation', `It is one of ${ESTIMATIONS.join(', ')}.`)
  if (layout !== undefined && layout !== 'balanced')
    throw invalidParameter('layout', 'Only the balanced layout is supported.')
  if (inline === true) throw invalidParameter('inline', 'Blocks are never put into their CIDs here.')
  const base = importProfiles[name]
  const { name: _, ...values } = base
  const profile: ImportProfile = {
    ...values,
    ...(parameters.chunker === undefined ? {} : { chunker: chunkerOf(parameters.chunker) }),
    ...(parameters.maxLinks === undefined ? {} : { maxLinks: parameters.maxLinks }),
    ...(parameters.hamtThreshold === undefined ? {} : { hamtThreshold: parameters.hamtThreshold }),
    ...(parameters.hamtFanout === undefined ? {} : { hamtFanout: parameters.hamtFanout }),
    ...(hamtEstimation === undefined ? {} : { hamtEstimation }),
    ...(parameters.directoryMaxLinks === undefined ? {} : { directoryMaxLinks: parameters.directoryMaxLinks }),
    ...(cidVersion === undefined ? {} : { cidVersion }),
    ...(parameters.rawLeaves === undefined ? {} : { rawLeaves: parameters.rawLeaves }),
  }
  checkImportProfile(profile)
  checkDirectoryProfile(profile)
  return sameProfile(profile, base) ? { name, ...profile } : profile
}

/** Whether both give the same CIDs to everything. */
export const sameProfile = (one: ImportProfile, other: ImportProfile): boolean =>
  one.cidVersion === other.cidVersion &&
  one.rawLeaves === other.rawLeaves &&
  sameChunker(one.chunker, other.chunker) &&
  one.maxLinks === other.maxLinks &&
  one.hamtFanout === other.hamtFanout &&
  one.hamtThreshold === other.hamtThreshold &&
  one.hamtEstimation === other.hamtEstimation &&
  (one.directoryMaxLinks ?? 0) === (other.directoryMaxLinks ?? 0)

const sameChunker = (one: ChunkerProfile, other: ChunkerProfile): boolean => {
  if (one.kind === 'fixed') return other.kind === 'fixed' && one.size === other.size
  if (one.kind === 'buzhash') return other.kind === 'buzhash'
  return other.kind === 'rabin' && one.min === other.min && one.average === other.average && one.max === other.max
}

const chunkerOf = (text: string): ChunkerProfile => {
  const chunker = parseChunker(text)
  if (chunker === undefined)
    throw invalidParameter(
      'chunker',
      'It is size-<bytes>, rabin, rabin-<average>, rabin-<min>-<average>-<max> or buzhash.',
    )
  return chunker
}

const isProfileName = (name: string): name is ImportProfileName => Object.hasOwn(importProfiles, name)
const isEstimation = (text: string): text is HamtEstimation => ESTIMATIONS.includes(text)

const invalidParameter = (path: string, message: string): HoldfastError =>
  new HoldfastError('invalid_request', { detail: `${path}: ${message}`, fields: [{ path, message }] })
