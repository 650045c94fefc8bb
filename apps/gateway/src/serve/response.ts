import type { CID } from 'multiformats/cid'
import type { ResponsePlan } from '../plan/response-plan.ts'

/**
 * What a plan was made from, so that the same address can be answered again without making it: the root that must be
 * held, and the file whose content it sends, by its canonical CID and the row's name that led to it.
 */
export type Basis = {
  cid: CID
  canonical: string
  name: string | undefined
  /** Whether the name that led there still does; nothing where none did. */
  still?: () => boolean
}
export type Response = { plan: ResponsePlan; basis?: Basis }
