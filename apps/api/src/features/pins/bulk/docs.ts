import type { OperationDocs } from '../../../openapi/operation-docs.ts'
import { BULK_TYPES, CSV_TYPE } from './line-format.ts'
import { BULK_LIMITS } from './bulk-limits.ts'

const LINES = `Up to ${BULK_LIMITS.lines.toLocaleString('en')} lines of ${BULK_LIMITS.lineBytes / 1024} KiB, as NDJSON or as CSV whose first line, which is not counted, names the columns. The answer is NDJSON: a line for each line, in order and
as the work goes on, \`{"line": 3, …}\` or \`{"line": 3, "error": {"code", "detail"}}\`; a bad line hinders no other. It is whole when it ends with \`{"summary": {"lines", "done", "refused"}}\`;
\`error\` beside it says why the rest was not worked off, with \`retryAfterSeconds\` where it is a limit.

${BULK_LIMITS.chunkLines.toLocaleString('en')} lines are one transaction. With an \`Idempotency-Key\` their results are kept for 24 hours: the same body sent again goes on where it broke off, and tells the same of what was done. Each line
costs 1 of the rate limits.`

const bodyOf = (ndjson: string, csv: string): Record<string, unknown> => ({
  required: true,
  content: Object.fromEntries(
    BULK_TYPES.map((type) => [type, { schema: { type: 'string' }, example: type === CSV_TYPE ? csv : ndjson }]),
  ),
})

const responsesOf = (example: string): OperationDocs['responses'] => ({
  200: {
    description: 'A result for each line, then a summary.',
    content: { 'application/x-ndjson': { schema: { type: 'string' }, example } },
  },
})

const ERRORS = [
  'truncated_body',
  'unsupported_media_type',
  'payload_too_large',
  'request_timeout',
  'unavailable',
] as const

const CID = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
const ID = '0190d0c0-0000-7000-8000-000000000001'
const SUMMARY = '{"summary":{"lines":2,"done":1,"refused":1}}\n'

export const bulkPinDocs: OperationDocs = {
  operationId: 'bulkPin',
  tag: 'Pins',
  summary: 'Pin many CIDs',
  description: `Each line is a pin of its own: \`cid\`, and \`name\`, \`meta\`, \`replication\`, \`group\` and \`expiresAt\` where there are any; \`meta\` and \`replication\` are JSON in CSV, too. ${LINES}`,
  errors: ERRORS,
  requestBody: bodyOf(
    `{"cid":"${CID}","name":"photos","meta":{"album":"1"}}\n`,
    `cid,name,meta\n${CID},photos,"{""album"":""1""}"\n`,
  ),
  responses: responsesOf(
    `{"line":1,"requestid":"${ID}","cid":"${CID}","status":"queued"}\n{"line":2,"error":{"code":"invalid_cid","detail":"This is not a valid CID"}}\n${SUMMARY}`,
  ),
}

export const bulkUnpinDocs: OperationDocs = {
  operationId: 'bulkUnpin',
  tag: 'Pins',
  summary: 'Delete the pins of many CIDs or requestids',
  description: `\`hash\` is a CID, which means all pins of it, or a requestid. What a file hangs on is refused. Gateways and the store follow in a moment. ${LINES}`,
  errors: ERRORS,
  requestBody: bodyOf(`{"hash":"${CID}"}\n`, `hash\n${CID}\n`),
  responses: responsesOf(
    `{"line":1,"hash":"${CID}","deleted":1}\n{"line":2,"error":{"code":"not_found","detail":"There is nothing here"}}\n${SUMMARY}`,
  ),
}
