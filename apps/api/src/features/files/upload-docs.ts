import type { OperationDocs } from '../../openapi/operation-docs.ts'

/** OpenAPI's words for the upload: no zod schema describes a multipart body. */
export const uploadDocs: OperationDocs = {
  operationId: 'uploadFile',
  tag: 'Files',
  summary: 'Upload a file',
  description: `Streams one file in and pins it. Answered once every block is on the disk and the rows are committed.

The parts come in any order, but \`profile\` must come before \`file\`. Without a field \`name\`, the last component of the
part's filename is the name. A repeat with the same \`Idempotency-Key\` and the same bytes, name, type and metadata
gets the first answer.`,
  errors: [
    'invalid_multipart',
    'missing_file',
    'truncated_body',
    'invalid_name',
    'invalid_metadata',
    'invalid_request',
    'unknown_field',
    'unsupported_media_type',
    'payload_too_large',
    'request_timeout',
    'quota_exceeded',
    'insufficient_storage',
    'unavailable',
  ],
  requestBody: {
    required: true,
    content: {
      'multipart/form-data': {
        schema: {
          type: 'object',
          required: ['file'],
          additionalProperties: false,
          properties: {
            file: { type: 'string', format: 'binary', description: 'The file, with its filename and type.' },
            name: {
              type: 'string',
              description: 'The name to store, 1 to 255 bytes of UTF-8 without path separators and control characters.',
            },
            metadata: { type: 'string', description: 'A JSON object of at most 16 KiB and depth 8.' },
            profile: {
              type: 'string',
              enum: ['unixfs-v1-2025', 'unixfs-v0-2015'],
              default: 'unixfs-v1-2025',
              description: 'How the file is cut into blocks (IPIP-499); decides the CID.',
            },
          },
        },
        encoding: { metadata: { contentType: 'application/json' } },
      },
    },
  },
  responses: { 201: { description: 'The file is stored and pinned.' } },
}
