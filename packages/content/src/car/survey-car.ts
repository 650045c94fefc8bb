import { setImmediate as nextTurn } from 'node:timers/promises'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import { type BlockKey, keyToCid } from '../block-store/block-key.ts'
import { rootTargets } from '../block-store/block-links.ts'
import type { CarLimits } from '../dag/dag-limits.ts'
import type { CarGraph } from './car-graph.ts'
import type { NumberList } from './number-list.ts'

/** How many missing CIDs are named; all are counted. */
const NAMED_MISSING = 1_000
const TURN = 1_024

export type BlockCount = { blocks: number; bytes: number }

export type SurveyedRoot = {
  cid: CID
  /** Distinct blocks below it that the CAR brought. */
  brought: BlockCount
  /** Nothing of it comes from the store alone, so that `brought` is all of it. */
  isOwn: boolean
}

/** What a CAR is worth: which DAGs it has roots of, and whether they are whole. */
export type CarSurvey = {
  roots: SurveyedRoot[]
  /** Blocks that neither the CAR nor the store has; the first thousand by name. */
  missing: { count: number; cids: string[] }
  /** Below the roots: what was not held before, and what was. */
  added: BlockCount
  held: BlockCount
  /** Brought, but below none of the roots. */
  unreachable: BlockCount
}

export type SurveyOptions = {
  /** Distinct. */
  roots: readonly CID[]
  holds: (key: BlockKey) => boolean
  limits: CarLimits
  signal?: AbortSignal
}

/** Looks at everything below the roots, in turns of the event loop. @throws HoldfastError `unsupported_cid`, `payload_too_large` */
export const surveyCar = async (graph: CarGraph, options: SurveyOptions): Promise<CarSurvey> => {
  const { roots, holds, limits, signal } = options
  const targets = roots.map((cid) => rootTargets(cid, 'public'))
  const all = await graph.walk(targets.flat(), signal)
  const absent = await split(graph, all.absent, holds)
  const present = await split(graph, all.present, holds)
  const surveyed: SurveyedRoot[] = []
  let steps = 0
  for (const [index, cid] of roots.entries()) {
    const reached = roots.length === 1 ? all : await graph.walk(targets[index] ?? [], signal)
    steps += reached.blocks
    if (steps > limits.maxSteps)
      throw new HoldfastError('payload_too_large', { detail: 'The DAGs of the roots share too many blocks.' })
    const { blocks, bytes } = reached
    surveyed.push({ cid, brought: { blocks, bytes }, isOwn: reached.absent.length === 0 })
  }
  return {
    roots: surveyed,
    missing: { count: absent.others.length, cids: named(graph, absent.others) },
    added: present.other,
    held: present.held,
    unreachable: { blocks: graph.blocks - all.blocks, bytes: graph.bytes - all.bytes },
  }
}

type Split = { held: BlockCount; other: BlockCount; others: number[] }

const split = async (graph: CarGraph, numbers: NumberList, holds: SurveyOptions['holds']): Promise<Split> => {
  const parts: Split = { held: { blocks: 0, bytes: 0 }, other: { blocks: 0, bytes: 0 }, others: [] }
  for (let index = 0; index < numbers.length; index++) {
    const number = numbers.at(index)
    const isHeld = holds(graph.key(number))
    const part = isHeld ? parts.held : parts.other
    part.blocks++
    if (graph.isPresent(number)) part.bytes += graph.size(number)
    else if (!isHeld) parts.others.push(number)
    if (index % TURN === TURN - 1) await nextTurn()
  }
  return parts
}

const named = (graph: CarGraph, numbers: readonly number[]): string[] =>
  numbers.slice(0, NAMED_MISSING).map((number) => keyToCid(graph.key(number)).toString())
