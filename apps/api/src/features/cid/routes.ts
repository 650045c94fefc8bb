import type { ApiInstance } from '../../api-instance.ts'
import { authorize } from '../../authorization/authorize.ts'
import { boundaryOf } from '../../upload-body/multipart/boundary.ts'
import { readMultipart } from '../../upload-body/multipart/read-multipart.ts'
import type { OpenRequests } from '../../open-requests/open-requests.ts'
import { registerRawBodyScope } from '../../upload-body/raw-body-scope.ts'
import { receiveBody } from '../../upload-body/receive-body.ts'
import { formRequestBody } from '../../upload-form/form-docs.ts'
import { FORM_LIMITS } from '../../upload-form/read-upload-form.ts'
import { type InferParametersDeps, ParameterInference } from './infer-parameters.ts'
import { type ReckonCidDeps, reckonCid } from './reckon-cid.ts'
import { inferBody, inferenceSchema, reckonedCidSchema } from './schemas.ts'

export type CidDeps = ReckonCidDeps & InferParametersDeps & { openUploads: OpenRequests }

/** `/api/v1/cid`: what content would be called, and how existing content was made. */
export const registerCidRoutes = (app: ApiInstance, deps: CidDeps): void => {
  const inference = new ParameterInference(deps)
  registerRawBodyScope(app, ['multipart/form-data'], (scope) => {
    scope.post(
      '/api/v1/cid',
      {
        config: { action: 'files:read', rateClass: 'expensive', bodyDeadlineMs: 0, audit: 'no-change' },
        schema: {
          docs: {
            operationId: 'reckonCid',
            tag: 'CIDs',
            summary: 'The CID that an upload would get',
            description: 'Takes the form of an upload and stores nothing of it; no quota counts.',
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
            ],
            idempotent: false,
            requestBody: formRequestBody,
          },
          response: { 200: reckonedCidSchema },
        },
      },
      (request) => {
        const { actor, headers } = request
        authorize(actor, 'files:read', {})
        const boundary = boundaryOf(headers['content-type'])
        return receiveBody(deps, actor, request, ({ bytes, signal }) =>
          reckonCid(deps, readMultipart(bytes, boundary, FORM_LIMITS), signal),
        )
      },
    )
  })

  app.post(
    '/api/v1/cid/infer',
    {
      config: { action: 'files:read', rateClass: 'expensive', audit: 'no-change' },
      schema: {
        docs: {
          operationId: 'inferParameters',
          tag: 'CIDs',
          summary: 'The import parameters behind a CID',
          description: `Reads the DAG of content that the caller's organization holds, and says what shows in it. \`verified\` means
that its files were imported again with these parameters and gave the same CID.`,
          errors: ['invalid_request', 'invalid_cid', 'unsupported_cid', 'not_found', 'invalid_dag', 'not_supported'],
          idempotent: false,
          example: { cid: 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi' },
        },
        body: inferBody,
        response: { 200: inferenceSchema },
      },
    },
    (request) => inference.infer(request.actor, request.body.cid),
  )
}
