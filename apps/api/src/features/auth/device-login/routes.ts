import { z } from 'zod'
import type { ApiInstance } from '../../../api-instance.ts'
import { actorOf } from '../../../authorization/actor-of.ts'
import { nameField } from '../account-fields.ts'
import { tokenPairSchema } from '../token-pair.ts'
import { decideDeviceLogin, type DecideDeviceLoginDeps } from './decide-device-login.ts'
import { pollDeviceLogin, type PollDeviceLoginDeps } from './poll-device-login.ts'
import { deviceLoginSchema, readDeviceLogin, type ReadDeviceLoginDeps } from './read-device-login.ts'
import { DEVICE_LOGIN_SECONDS, startDeviceLogin, type StartDeviceLoginDeps } from './start-device-login.ts'

export type DeviceLoginDeps = StartDeviceLoginDeps & PollDeviceLoginDeps & ReadDeviceLoginDeps & DecideDeviceLoginDeps

const DEVICE_CODE = 'hfdc_Kq0nT2…'
const startedSchema = z
  .object({
    deviceCode: z.string().meta({ description: 'The program keeps it, and polls with it.', example: DEVICE_CODE }),
    userCode: z.string().meta({ description: 'For the person to type in.', example: 'WDJB-MJHT' }),
    verificationUri: z.string().meta({ description: 'Where to.', example: 'https://files.example.org/device' }),
    expiresIn: z.int().meta({ description: 'Seconds in which both codes work.', example: DEVICE_LOGIN_SECONDS }),
    interval: z.int().meta({ description: 'Seconds to wait between two polls.', example: 5 }),
  })
  .meta({ id: 'StartedDeviceLogin' })

const deviceCode = z.string().min(1).max(200).meta({ example: DEVICE_CODE })
const userCode = z
  .string()
  .min(1)
  .max(40)
  .meta({ description: 'In any case, with or without the dash.', example: 'WDJB-MJHT' })

/**
 * `/api/v1/auth/device`: signs a program without a browser in as a person who approves it elsewhere (RFC 8628, in the API's own
 * names and errors). Each code works once by itself, so that these take no Idempotency-Key.
 */
export const registerDeviceLoginRoutes = (app: ApiInstance, deps: DeviceLoginDeps): void => {
  app.post(
    '/api/v1/auth/device',
    {
      config: { access: 'public', rateClass: 'sign-in' },
      schema: {
        docs: {
          operationId: 'startDeviceLogin',
          tag: 'Sign-in',
          summary: 'Ask to act for a person who has a browser elsewhere',
          description:
            'Show `userCode` and `verificationUri` to the person, then ask `POST /auth/device/token` every `interval` seconds.',
          idempotent: false,
          example: { clientName: 'holdfast-cli on ada-laptop' },
        },
        body: z.strictObject({
          clientName: nameField.meta({ description: 'What the person is asked to let in.', example: 'holdfast-cli' }),
        }),
        response: { 200: startedSchema },
      },
    },
    (request) => {
      const client = { ipAddress: request.ip, userAgent: request.headers['user-agent'] }
      return startDeviceLogin(deps, { clientName: request.body.clientName, client })
    },
  )

  app.post(
    '/api/v1/auth/device/token',
    {
      // Nothing can be guessed here, and who polls does so every few seconds.
      config: { access: 'public', rateClass: 'read' },
      schema: {
        docs: {
          operationId: 'pollDeviceLogin',
          tag: 'Sign-in',
          summary: 'Get the tokens, once the person has approved',
          description:
            '`authorization_pending`: ask again after the interval. `slow_down`: the interval is 5 seconds longer from now on. `access_denied` and `expired_token`: it is over. The tokens are given once.',
          idempotent: false,
          errors: ['authorization_pending', 'slow_down', 'access_denied', 'expired_token'],
        },
        body: z.strictObject({ deviceCode }),
        response: { 200: tokenPairSchema },
      },
    },
    (request) => {
      const client = { ipAddress: request.ip, userAgent: request.headers['user-agent'] }
      return pollDeviceLogin(deps, { deviceCode: request.body.deviceCode, client })
    },
  )

  app.post(
    '/api/v1/auth/device/request',
    {
      config: { action: 'account:write', metered: false, audit: 'no-change' },
      schema: {
        docs: {
          operationId: 'getDeviceLogin',
          tag: 'Sign-in',
          summary: 'Which program asks with this code, and from where',
          idempotent: false,
          errors: ['forbidden'],
        },
        body: z.strictObject({ userCode }),
        response: { 200: deviceLoginSchema },
      },
    },
    (request) => readDeviceLogin(deps, actorOf(request), { userCode: request.body.userCode, ipAddress: request.ip }),
  )

  const decisions = [
    ['approve', 'approved', 'approveDeviceLogin', 'Let the program with this code in as me'],
    ['deny', 'denied', 'denyDeviceLogin', 'Turn the program with this code away'],
  ] as const
  for (const [path, state, operationId, summary] of decisions)
    app.post(
      `/api/v1/auth/device/${path}`,
      {
        config: { action: 'account:write', metered: false },
        schema: {
          docs: { operationId, tag: 'Sign-in', summary, idempotent: false, errors: ['forbidden'] },
          body: z.strictObject({ userCode }),
          response: { 204: z.undefined().describe('The program learns it when it asks next.') },
        },
      },
      async (request, reply) => {
        const { userCode: typed } = request.body
        await decideDeviceLogin(deps, actorOf(request), { userCode: typed, ipAddress: request.ip, state })
        return reply.code(204).send()
      },
    )
}
