import type { ErrorCode } from '@packages/shared/error-catalogue'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { fieldErrors } from './field-errors.ts'

/** Fastify's own errors, by their code. */
const FRAMEWORK_ERRORS: Record<string, ErrorCode> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'truncated_body',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_BAD_URL: 'invalid_path',
  FST_ERR_MAX_PARAM_LENGTH: 'uri_too_long',
  FST_ERR_ROUTE_METHOD_NOT_SUPPORTED: 'method_not_allowed',
}

const codeOf = (thrown: Error): string => ('code' in thrown && typeof thrown.code === 'string' ? thrown.code : '')

/** What was thrown as an error of the catalogue; unknown things are programmer errors and become `internal`. */
export const toHoldfastError = (thrown: unknown): HoldfastError => {
  if (thrown instanceof HoldfastError) return thrown
  if (!(thrown instanceof Error)) return new HoldfastError('internal', { cause: thrown })
  if (hasZodFastifySchemaValidationErrors(thrown)) return fieldErrors(thrown.validation, thrown.validationContext)
  const known = FRAMEWORK_ERRORS[codeOf(thrown)]
  if (known !== undefined) return new HoldfastError(known, { cause: thrown })
  return new HoldfastError('internal', { cause: thrown })
}
