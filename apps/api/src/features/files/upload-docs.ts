import type { OperationDocs } from '../../openapi/operation-docs.ts'
import { formRequestBody } from '../../upload-form/form-docs.ts'

export const uploadDocs: OperationDocs = {
  operationId: 'uploadFile',
  tag: 'Files',
  summary: 'Upload a file or a folder',
  description: `Streams files in and pins them under one root. Answered once every block is on the disk and the rows are
committed.

One part \`file\` is a file. Several of them, or one whose filename is a path (\`photos/a.jpg\`), are a folder: its paths are
the filenames, in any order; a part of the type \`application/x-directory\` is a directory, also an empty one. A top folder
that all paths share is the root, as in \`ipfs add -r\`; otherwise the root is a directory over all.

Fields come in any order, but import parameters before the first \`file\`. Without a field \`name\`, the name is that of the
file or the top folder. A repeat with the same \`Idempotency-Key\` and the same bytes, name, type and metadata
gets the first answer.`,
  errors: [
    'invalid_multipart',
    'missing_file',
    'truncated_body',
    'invalid_name',
    'invalid_path',
    'invalid_metadata',
    'invalid_request',
    'unknown_field',
    'unsupported_media_type',
    'payload_too_large',
    'request_timeout',
    'content_denied',
    'not_found',
    'quota_exceeded',
    'insufficient_storage',
    'unavailable',
  ],
  requestBody: formRequestBody,
  responses: { 201: { description: 'The file or folder is stored and pinned.' } },
}
