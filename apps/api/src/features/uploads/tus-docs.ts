import type { OperationDocs } from '../../openapi/operation-docs.ts'
import { OFFSET_TYPE } from './tus-headers.ts'

const SPEC =
  'See https://tus.io/protocols/resumable-upload, version 1.0.0; a missing `Tus-Resumable` means that version.'

const bytes = {
  required: false,
  content: { [OFFSET_TYPE]: { schema: { type: 'string', format: 'binary' } } },
}

const BYTES_ERRORS = [
  'upload_gone',
  'offset_mismatch',
  'checksum_mismatch',
  'precondition_failed',
  'truncated_body',
  'request_timeout',
  'unsupported_media_type',
  'payload_too_large',
  'content_denied',
  'quota_exceeded',
  'insufficient_storage',
  'unavailable',
] as const

/** OpenAPI's words for the requests of tus, whose parameters are headers. */
export const tusDocs = {
  options: {
    operationId: 'getUploadOptions',
    tag: 'Uploads',
    summary: 'What this tus server can do',
    responses: { 204: { description: '`Tus-Version`, `Tus-Extension`, `Tus-Max-Size`, `Tus-Checksum-Algorithm`.' } },
  },
  create: {
    operationId: 'createUpload',
    tag: 'Uploads',
    summary: 'Begin a resumable upload (tus)',
    description: `${SPEC} \`Upload-Length\` or \`Upload-Defer-Length: 1\`; \`Upload-Metadata\` with \`name\` (or \`filename\`),
\`contentType\` (or \`filetype\`), \`metadata\` (JSON), \`profile\` and import parameters, \`wrap\`, \`visibility\`, \`group\`; for a file of a folder
\`folder\` and \`path\`. \`Upload-Concat\` for pieces. A body is the first bytes (creation-with-upload).`,
    errors: [...BYTES_ERRORS, 'conflict', 'not_found', 'invalid_name', 'invalid_metadata'],
    requestBody: bytes,
    responses: {
      201: {
        description: '`Location` is where the bytes go. `Holdfast-File` and `Holdfast-Cid` when it is whole already.',
      },
    },
  },
  append: {
    operationId: 'appendToUpload',
    tag: 'Uploads',
    summary: 'Send bytes of an upload (tus)',
    description: `${SPEC} \`Upload-Offset\` says where they begin. Bytes count once they are durable; those that came before a
connection broke count too, except with \`Upload-Checksum\`. The last ones make the file.`,
    errors: [...BYTES_ERRORS, 'forbidden', 'conflict'],
    requestBody: { ...bytes, required: true },
    responses: {
      204: { description: '`Upload-Offset`; `Holdfast-File` and `Holdfast-Cid` once the file is stored and pinned.' },
    },
  },
  terminate: {
    operationId: 'terminateUpload',
    tag: 'Uploads',
    summary: 'Give an upload up (tus)',
    errors: ['upload_gone', 'conflict', 'precondition_failed'],
    responses: { 204: { description: 'Its bytes are gone. A file that was made of it stays.' } },
  },
} as const satisfies Record<string, OperationDocs>
