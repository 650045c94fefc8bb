import type { OperationDocs } from '../../openapi/operation-docs.ts'

/** OpenAPI's words for routes whose bodies no zod schema describes. */
export const importCarDocs: OperationDocs = {
  operationId: 'importCar',
  tag: 'Files',
  summary: 'Import a CAR',
  description: `Takes a CAR (version 1 or 2) in: every block is hashed, and each distinct root in its header becomes a file with a pin, once
all blocks below it are here. Blocks below no root are dropped. A header without roots needs \`root\`.

When blocks are missing, the answer is 422 with the first 1,000 of them; with \`incomplete=keep\` what is there is kept (202), counts
for the quota, and is completed by another CAR with \`continues\`.

In private a CAR has one root and brings all of its blocks: several roots, \`incomplete=keep\` and \`continues\` are 422 \`not_in_private\`.`,
  errors: [
    'invalid_car',
    'truncated_body',
    'car_without_roots',
    'incomplete_dag',
    'not_in_private',
    'invalid_cid',
    'unsupported_cid',
    'invalid_name',
    'invalid_multipart',
    'missing_file',
    'unknown_field',
    'unsupported_media_type',
    'payload_too_large',
    'request_timeout',
    'not_found',
    'conflict',
    'content_denied',
    'quota_exceeded',
    'insufficient_storage',
    'unavailable',
  ],
  requestBody: {
    required: true,
    content: {
      'application/vnd.ipld.car': { schema: { type: 'string', format: 'binary', description: 'The CAR.' } },
      'multipart/form-data': {
        schema: {
          type: 'object',
          required: ['file'],
          additionalProperties: false,
          properties: { file: { type: 'string', format: 'binary', description: 'The CAR.' } },
        },
      },
    },
  },
  responses: {
    201: { description: 'All DAGs are whole, stored and pinned.' },
    202: { description: 'Blocks are missing; what is there is kept.' },
  },
}

export const exportCarDocs: OperationDocs = {
  operationId: 'exportCar',
  tag: 'Files',
  summary: 'Export a CAR',
  description: `A CAR (version 1) of a DAG that the organization holds: depth first, each block once, always the same bytes. With \`path\` only what
lies there; the blocks that lead to it come first. A DAG that turns out to be damaged ends the connection.`,
  errors: [
    'invalid_request',
    'invalid_path',
    'invalid_cid',
    'unsupported_cid',
    'not_found',
    'content_denied',
    'invalid_dag',
    'not_supported',
  ],
  responses: {
    200: {
      description: 'The CAR.',
      content: { 'application/vnd.ipld.car': { schema: { type: 'string', format: 'binary' } } },
    },
  },
}
