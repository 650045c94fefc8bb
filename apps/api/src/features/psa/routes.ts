import type { ApiInstance } from '../../api-instance.ts'
import { type AddPinDeps, addPin } from './add-pin.ts'
import { type GetPinDeps, getPin } from './get-pin.ts'
import { type ListPinsDeps, listPins } from './list-pins.ts'
import { type RemovePinDeps, removePin } from './remove-pin.ts'
import { replacePin } from './replace-pin.ts'
import { newPinSchema, pinResultsSchema, pinStatusSchema, pinsQuery, requestParams } from './schemas.ts'

export type PsaDeps = AddPinDeps & GetPinDeps & ListPinsDeps & RemovePinDeps

/** `/psa`: the IPFS Pinning Service API 1.0.0. Its document is the specification's own, so these routes have no `docs`. */
export const registerPsaRoutes = (app: ApiInstance, deps: PsaDeps): void => {
  app.get(
    '/psa/pins',
    {
      config: { action: 'pins:read', rateClass: 'list' },
      schema: { querystring: pinsQuery, response: { 200: pinResultsSchema } },
    },
    (request) => listPins(deps, request.actor, request.query),
  )

  app.post(
    '/psa/pins',
    { config: { action: 'pins:write' }, schema: { body: newPinSchema, response: { 202: pinStatusSchema } } },
    async (request, reply) => reply.code(202).send(await addPin(deps, request.actor, request.body)),
  )

  app.get(
    '/psa/pins/:requestid',
    { config: { action: 'pins:read' }, schema: { params: requestParams, response: { 200: pinStatusSchema } } },
    (request) => getPin(deps, request.actor, request.params.requestid),
  )

  app.post(
    '/psa/pins/:requestid',
    {
      config: { action: 'pins:write' },
      schema: { params: requestParams, body: newPinSchema, response: { 202: pinStatusSchema } },
    },
    async (request, reply) =>
      reply.code(202).send(await replacePin(deps, request.actor, request.params.requestid, request.body)),
  )

  app.delete(
    '/psa/pins/:requestid',
    { config: { action: 'pins:write' }, schema: { params: requestParams } },
    async (request, reply) => {
      await removePin(deps, request.actor, request.params.requestid)
      return reply.code(202).send()
    },
  )
}
