import { BlockDamaged, isUnreadable } from '../block-store/store-error.ts'
import { PrivateContentDamaged } from '../private/private-content-damaged.ts'
import { MissingBlockError } from '../unixfs/dag-errors.ts'

export type WhyUnreadable = 'damaged' | 'missing'

/** Whether what was thrown while a DAG was read is about its blocks, which others do not share; undefined for everything else. */
export const whyUnreadable = (error: unknown): WhyUnreadable | undefined => {
  if (error instanceof MissingBlockError) return 'missing'
  if (error instanceof PrivateContentDamaged || isUnreadable(error)) return 'damaged'
  return error instanceof Error && error.cause instanceof BlockDamaged ? 'damaged' : undefined
}
