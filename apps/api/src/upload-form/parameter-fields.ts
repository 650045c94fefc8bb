import type { ImportParameters } from '@packages/content/unixfs/import-parameters'
import { invalidField } from './invalid-field.ts'

/** Longest text that any parameter has. */
export const MAX_PARAMETER_BYTES = 64

const wholeNumber = (text: string, field: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw invalidField(field, 'must be a whole number')
  return Number(text)
}

/** @throws HoldfastError `invalid_request` unless the text is `true` or `false` */
export const readBoolean = (text: string, field: string): boolean => {
  if (text !== 'true' && text !== 'false') throw invalidField(field, 'must be true or false')
  return text === 'true'
}

const asText = (text: string): string => text

/** The fields that decide how files are cut and folders laid out, and how each is read. */
const PARAMETERS = {
  profile: asText,
  chunker: asText,
  maxLinks: wholeNumber,
  hamtThreshold: wholeNumber,
  hamtFanout: wholeNumber,
  cidVersion: wholeNumber,
  rawLeaves: readBoolean,
} as const satisfies Partial<Record<keyof ImportParameters, (text: string, field: string) => string | number | boolean>>

export type ParameterField = keyof typeof PARAMETERS

export const isParameterField = (name: string): name is ParameterField => Object.hasOwn(PARAMETERS, name)

/** @throws HoldfastError `invalid_request` that names the field */
export const readParameter = (field: ParameterField, text: string): ImportParameters => ({
  [field]: PARAMETERS[field](text, field),
})
