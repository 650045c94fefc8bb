import type { ApiInstance } from '../../api-instance.ts'
import { actorOf } from '../../authorization/actor-of.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Idempotency } from '../../plugins/idempotency/idempotency.ts'
import { idempotent } from '../../plugins/idempotency/idempotent.ts'
import { type BulkDeps, registerBulkRoutes } from './bulk/routes.ts'
import { changePins, type ChangePinsDeps } from './change-pins.ts'
import { type CreatePinDeps, createPin } from './create-pin.ts'
import { type DeletePinsDeps, deletePins } from './delete-pins.ts'
import { getPinStatus, type ListPinsDeps, listPins } from './list-pins.ts'
import { retryFailedPins, retryPins } from './retry-pins.ts'
import {
  changedPinsSchema,
  cidParams,
  deletedPinsSchema,
  newPinSchema,
  pinChangeSchema,
  pinHashQuery,
  pinListQuery,
  pinListSchema,
  pinParams,
  pinSchema,
  pinStatusListSchema,
  retriedSchema,
  retrySchema,
} from './schemas.ts'

export type PinsDeps = ChangePinsDeps &
  CreatePinDeps &
  ListPinsDeps &
  DeletePinsDeps &
  BulkDeps & { idempotency: Idempotency }

const CID_ERRORS = ['invalid_cid', 'unsupported_cid'] as const

/** `/api/v1/pins`: what the organization keeps, and in which state. */
export const registerPinsRoutes = (app: ApiInstance, deps: PinsDeps): void => {
  app.get(
    '/api/v1/pins',
    {
      config: { action: 'pins:read', rateClass: 'list' },
      schema: {
        docs: {
          operationId: 'listPins',
          tag: 'Pins',
          summary: 'List pins, newest first',
          errors: ['invalid_cursor', ...CID_ERRORS, 'not_found'],
        },
        querystring: pinListQuery,
        response: { 200: pinListSchema },
      },
    },
    (request) => listPins(deps, request.actor, request.query),
  )

  app.post(
    '/api/v1/pins/:hash',
    {
      config: { action: 'pins:write' },
      schema: {
        docs: {
          operationId: 'createPin',
          tag: 'Pins',
          summary: 'Pin a CID',
          description:
            'What is held here, also as a part of something else, is pinned at once. Anything else stays `queued`, with the reason.',
          errors: [...CID_ERRORS, 'content_denied', 'invalid_metadata', 'quota_exceeded', 'not_found'],
          example: { name: 'photos', expiresAt: '2199-12-31T23:59:59Z' },
          responses: { 201: { description: 'Pinned.' }, 202: { description: 'Queued.' } },
        },
        params: cidParams,
        body: newPinSchema,
        response: { 201: pinSchema, 202: pinSchema },
      },
    },
    (request, reply) => {
      const { scope, hash } = { scope: actorOf(request).organizationId, hash: request.params.hash }
      const options = {
        route: 'POST /pins',
        scope,
        fingerprintOf: [hash, request.body],
        authorize: () => authorize(request.actor, 'pins:write'),
      }
      return idempotent(deps.idempotency, request, reply, options, async (record) => {
        const { status, body } = await createPin(deps, request.actor, hash, request.body, record)
        return reply.code(status).send(body)
      })
    },
  )

  app.get(
    '/api/v1/pins/:hash/status',
    {
      config: { action: 'pins:read' },
      schema: {
        docs: {
          operationId: 'getPinStatus',
          tag: 'Pins',
          summary: 'Pins of a CID, or the one of a requestid, with every node’s word',
          description: 'With `check=network` also whether the public network finds it, as others say.',
          errors: ['invalid_cursor', ...CID_ERRORS, 'not_found'],
        },
        params: pinParams,
        querystring: pinHashQuery,
        response: { 200: pinStatusListSchema },
      },
    },
    (request) => getPinStatus(deps, request.actor, request.params.hash, request.query),
  )

  app.patch(
    '/api/v1/pins/:hash',
    {
      config: { action: 'pins:write' },
      schema: {
        docs: {
          operationId: 'changePins',
          tag: 'Pins',
          summary:
            'Ask for more or fewer copies of what a CID’s pins, or the one of a requestid, keep, or for another end',
          description:
            'Also of pins that files hang on. Copies are made and taken away afterwards; a pin with fewer confirmed than its minimum is `degraded` meanwhile. A pin of a private file has one copy. What hangs on a pin that has an end goes with it.',
          errors: [...CID_ERRORS, 'quota_exceeded', 'not_in_private', 'not_found'],
          example: { replication: { min: 2, max: 3, zones: ['a', 'b'] } },
        },
        params: pinParams,
        body: pinChangeSchema,
        response: { 200: changedPinsSchema },
      },
    },
    (request) => changePins(deps, request.actor, request.params.hash, request.body),
  )

  app.delete(
    '/api/v1/pins/:hash',
    {
      config: { action: 'pins:write' },
      schema: {
        docs: {
          operationId: 'deletePins',
          tag: 'Pins',
          summary: 'Delete all pins of a CID, or the one of a requestid',
          description: 'Refused while a file hangs on one of them: deleting the file deletes its pin.',
          errors: [...CID_ERRORS, 'conflict', 'not_found'],
          responses: {
            200: { description: 'Deleted; no gateway serves them any more.' },
            202: { description: 'Deleted; some gateway or the store follows in a moment.' },
          },
        },
        params: pinParams,
        response: { 200: deletedPinsSchema, 202: deletedPinsSchema },
      },
    },
    async (request, reply) => {
      const { deleted, followed } = await deletePins(deps, request.actor, request.params.hash)
      return reply.code(followed ? 200 : 202).send({ deleted })
    },
  )

  app.post(
    '/api/v1/pins/:hash/retry',
    {
      config: { action: 'pins:write' },
      schema: {
        docs: {
          operationId: 'retryPins',
          tag: 'Pins',
          summary: 'Fetch what pins of a CID, or the one of a requestid, wait for: now',
          description:
            'What was given up begins anew, for everybody who waits for it. Nothing is done for pins that are pinned.',
          errors: [...CID_ERRORS, 'not_found'],
          idempotent: false,
        },
        params: pinParams,
        response: { 200: retriedSchema },
      },
    },
    (request) => retryPins(deps, request.actor, request.params.hash),
  )

  app.post(
    '/api/v1/pins/retry',
    {
      config: { action: 'pins:write', rateClass: 'expensive' },
      schema: {
        docs: {
          operationId: 'retryFailedPins',
          tag: 'Pins',
          summary: 'Fetch what failed pins wait for: now',
          description: 'All of the organization, or those of a CID or a name.',
          errors: CID_ERRORS,
          example: { name: 'photos' },
          idempotent: false,
        },
        body: retrySchema,
        response: { 200: retriedSchema },
      },
    },
    (request) => retryFailedPins(deps, request.actor, request.body),
  )

  registerBulkRoutes(app, deps)
}
