import { HoldfastError } from '@packages/shared/holdfast-error'
import { z } from 'zod'
import type { DefaultVisibilities } from './default-visibilities.ts'

export const visibilitySchema = z.enum(['public', 'private'])
export type Visibility = z.infer<typeof visibilitySchema>

export type ChooseVisibilityDeps = { visibilities: Pick<DefaultVisibilities, 'of'> }

/** What an upload is that does not say: the organization's default. */
export const chooseVisibility = async (
  { visibilities }: ChooseVisibilityDeps,
  organizationId: string,
  asked: Visibility | undefined,
): Promise<Visibility> => {
  if (asked !== undefined) return asked
  const visibility = await visibilities.of(organizationId)
  if (visibility === undefined) throw new HoldfastError('not_found', { detail: 'The organization is gone.' })
  return visibility
}
