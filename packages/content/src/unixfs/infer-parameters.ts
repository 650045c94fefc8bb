import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'
import { BlockLoader } from './block-loader.ts'
import { DagLimitError, NotADirectoryError } from './dag-errors.ts'
import { openFile } from './file-reader.ts'
import type { ChunkerProfile, HamtEstimation, ImportProfileName } from './import-profile.ts'
import { ChunkEvidence, readSizes } from './inference/chunk-evidence.ts'
import { chooseProfile, fittingProfiles, only } from './inference/choose-profile.ts'
import { type Evidence, readEvidence } from './inference/evidence.ts'
import { type FileShape, readFileShape } from './inference/file-shape.ts'
import { type FolderShape, readFolderShape } from './inference/folder-shape.ts'
import { importAgain } from './inference/import-again.ts'
import { describeEvidence } from './inference/describe-evidence.ts'
import { chunkerText } from './parse-chunker.ts'
import type { ReadLimits } from './read-limits.ts'

/** Null where nothing in the DAG tells. */
export type InferredParameters = {
  cidVersion: 0 | 1 | null
  rawLeaves: boolean | null
  chunker: string | null
  maxLinks: number | null
  hamtFanout: number | null
  hamtThreshold: number | null
  hamtEstimation: HamtEstimation | null
}

export type InferenceReport = {
  kind: 'file' | 'directory'
  parameters: InferredParameters
  /** The named profiles that give this root, as far as can be told. */
  profiles: ImportProfileName[]
  /** The bytes were imported again by these parameters and gave the same root. */
  verified: boolean
  /** For people: what cannot be told and why. */
  notes: string[]
}

export type InferOptions = {
  signal?: AbortSignal
  limits?: Partial<ReadLimits> & {
    /** Files of more bytes in all are not imported again. */
    maxBytes?: number
  }
}

const MAX_BYTES = 1024 * 1024 * 1024
/** Nodes that are read in all: leaves are not, but for one of each file. */
const FREE_BLOCKS = 500_000

/**
 * Finds the import parameters behind a file or folder: from its nodes, from where its chunks end, and by importing its
 * bytes again.
 * @throws HoldfastError `not_supported` for other DAGs and for those that are too large to look at; MissingBlockError,
 *   InvalidDagError, DagLimitError; the signal's reason
 */
export const inferParameters = async (
  source: BlockSource,
  root: CID,
  { signal, limits = {} }: InferOptions = {},
): Promise<InferenceReport> => {
  const { maxBytes = MAX_BYTES, ...readLimits } = limits
  const loader = new BlockLoader(source, {
    limits: { freeBlocks: FREE_BLOCKS, ...readLimits },
    ...(signal === undefined ? {} : { signal }),
  })
  const folder = await readFolder(loader, root)
  const files = await readFiles(loader, root, folder)
  const tooLarge = files.reduce((sum, { size }) => sum + size, 0) > maxBytes
  const sizes = readSizes(files)
  const chunker = sizes.kind === 'fixed' ? ({ kind: 'fixed', size: sizes.size } as const) : undefined
  const varying = sizes.kind === 'varying'
  const found = varying && !tooLarge ? await readChunks(source, files, signal) : chunker
  const evidence = readEvidence(files, folder?.directories ?? [], found)
  const notes = describeEvidence(evidence, { varying, tooLarge, maxBytes })
  const known = !varying || found !== undefined
  const verified = known && !tooLarge && (await verify(source, root, folder, evidence, notes, signal))
  return {
    kind: folder === undefined ? 'file' : 'directory',
    parameters: parametersOf(evidence),
    profiles: verified || (known && tooLarge) ? fittingProfiles(evidence) : [],
    verified,
    notes,
  }
}

const readFolder = async (loader: BlockLoader, root: CID): Promise<FolderShape | undefined> => {
  try {
    const folder = await readFolderShape(loader, root)
    if (folder === undefined) throw tooMuch(root)
    return folder
  } catch (error) {
    if (error instanceof NotADirectoryError && error.cid.equals(root) && error.kind === 'file') return undefined
    throw error
  }
}

const readFiles = async (loader: BlockLoader, root: CID, folder: FolderShape | undefined): Promise<FileShape[]> => {
  if (folder !== undefined) return folder.leaves.flatMap(({ shape }) => (shape === undefined ? [] : [shape]))
  const file = await readFileShape(loader, root)
  if (file === undefined) throw tooMuch(root)
  return [file]
}

const tooMuch = (root: CID): HoldfastError =>
  new DagLimitError(root, 'the DAG has too many blocks to look for its parameters')

const readChunks = async (
  source: BlockSource,
  files: readonly FileShape[],
  signal: AbortSignal | undefined,
): Promise<ChunkerProfile | undefined> => {
  const evidence = new ChunkEvidence()
  for (const { cid, leaves } of files) {
    const file = await openFile(source, cid, signal === undefined ? {} : { signal })
    await evidence.add(file.read(), leaves)
  }
  return evidence.conclude()
}

const verify = async (
  source: BlockSource,
  root: CID,
  folder: FolderShape | undefined,
  evidence: Evidence,
  notes: string[],
  signal: AbortSignal | undefined,
): Promise<boolean> => {
  try {
    const made = await importAgain(source, root, folder, chooseProfile(evidence), signal)
    if (made.toString() === root.toString()) return true
    if (made.code === root.code && Buffer.from(made.multihash.bytes).equals(root.multihash.bytes)) {
      notes.push(`The root is given as CIDv${root.version}; the importer writes it as CIDv${made.version}.`)
      return true
    }
    notes.push(
      `The same bytes imported again gave ${made}: the layout is another one (trickle, perhaps), or has extras.`,
    )
  } catch (error) {
    // Names or parameters that no import of ours takes; what is wrong with the DAG itself has shown before.
    if (!(error instanceof HoldfastError) || !NOT_OURS.includes(error.code)) throw error
    notes.push(`The bytes cannot be imported again: ${error.message}`)
  }
  return false
}

const NOT_OURS: readonly string[] = ['invalid_path', 'invalid_request', 'payload_too_large']

const parametersOf = (evidence: Evidence): InferredParameters => {
  const { thresholds, chunker, fanouts } = evidence
  const [estimation, bounds] = thresholds.size === 1 ? ([...thresholds][0] ?? []) : []
  const threshold = bounds !== undefined && bounds.below - bounds.atLeast === 1 ? bounds.atLeast : null
  const sharded = fanouts.size > 0
  return {
    cidVersion: only(evidence.cidVersions) ?? null,
    rawLeaves: only(evidence.rawLeaves) ?? null,
    chunker: chunker === undefined ? null : chunkerText(chunker),
    maxLinks: only(evidence.widths) ?? null,
    hamtFanout: only(fanouts) ?? null,
    hamtThreshold: sharded && estimation !== 'disabled' ? threshold : null,
    hamtEstimation: sharded ? (estimation ?? null) : null,
  }
}
