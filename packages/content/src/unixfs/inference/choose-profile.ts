import {
  DEFAULT_IMPORT_PROFILE,
  type HamtEstimation,
  type ImportProfile,
  type ImportProfileName,
  importProfiles,
} from '../import-profile.ts'
import { chunkerText } from '../parse-chunker.ts'
import type { Bounds, Evidence } from './evidence.ts'

/** The profiles of IPIP-499 that contradict nothing. */
export const fittingProfiles = (evidence: Evidence): ImportProfileName[] =>
  (Object.keys(importProfiles) as ImportProfileName[]).filter((name) => fits(importProfiles[name], evidence))

const fits = (profile: ImportProfile, evidence: Evidence): boolean => {
  const { chunker, largestChunk } = evidence
  const { hamtEstimation, hamtThreshold } = profile
  const bounds = evidence.thresholds.get(hamtEstimation)
  return (
    [...evidence.cidVersions].every((version) => version === profile.cidVersion) &&
    [...evidence.rawLeaves].every((raw) => raw === profile.rawLeaves) &&
    [...evidence.widths].every((width) => width === profile.maxLinks) &&
    evidence.mostLinks <= profile.maxLinks &&
    (chunker === undefined
      ? profile.chunker.kind === 'fixed' && largestChunk <= profile.chunker.size
      : chunkerText(chunker) === chunkerText(profile.chunker)) &&
    [...evidence.fanouts].every((fanout) => fanout === profile.hamtFanout) &&
    (!evidence.hasDirectories || (bounds !== undefined && isWithin(hamtThreshold, bounds)))
  )
}

const isWithin = (threshold: number, { atLeast, below }: Bounds): boolean => threshold >= atLeast && threshold < below

/**
 * A profile that agrees with all that is known: a named one where it fits, otherwise that one with what is known in its
 * place, and with the nearest values that are possible where only bounds are known.
 */
export const chooseProfile = (evidence: Evidence): ImportProfile => {
  const [named] = fittingProfiles(evidence)
  if (named !== undefined) return importProfiles[named]
  const { name: _, ...base } = importProfiles[evidence.cidVersions.has(0) ? 'unixfs-v0-2015' : DEFAULT_IMPORT_PROFILE]
  const chunkSize = Math.max(evidence.largestChunk, base.chunker.kind === 'fixed' ? base.chunker.size : 1)
  return {
    ...base,
    rawLeaves: only(evidence.rawLeaves) ?? base.rawLeaves,
    cidVersion: only(evidence.cidVersions) ?? base.cidVersion,
    chunker: evidence.chunker ?? { kind: 'fixed', size: chunkSize },
    maxLinks: only(evidence.widths) ?? Math.max(evidence.mostLinks, base.maxLinks),
    hamtFanout: only(evidence.fanouts) ?? base.hamtFanout,
    ...chooseThreshold(evidence, base),
  }
}

/** The value, when all agree on one. */
export const only = <T>(values: ReadonlySet<T>): T | undefined => (values.size === 1 ? [...values][0] : undefined)

const chooseThreshold = (
  { thresholds }: Evidence,
  base: ImportProfile,
): Pick<ImportProfile, 'hamtThreshold' | 'hamtEstimation' | 'directoryMaxLinks'> => {
  const usual = thresholds.get(base.hamtEstimation)
  const { hamtThreshold, hamtEstimation } = base
  if (usual !== undefined && isWithin(hamtThreshold, usual)) return { hamtThreshold, hamtEstimation }
  for (const [estimation, bounds] of inOrder(thresholds, base.hamtEstimation)) {
    const { atLeast, below } = bounds
    const value = atLeast > 0 ? atLeast : below - 1
    if (estimation === 'disabled') return { hamtThreshold, hamtEstimation: estimation, directoryMaxLinks: value }
    return { hamtThreshold: value, hamtEstimation: estimation }
  }
  return { hamtThreshold, hamtEstimation }
}

const inOrder = (thresholds: ReadonlyMap<HamtEstimation, Bounds>, first: HamtEstimation) =>
  [...thresholds].sort(([one], [other]) => Number(other === first) - Number(one === first))
