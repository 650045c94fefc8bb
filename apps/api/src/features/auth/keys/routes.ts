import { z } from 'zod'
import type { ApiInstance } from '../../../api-instance.ts'
import type { SigningKeys } from '../../../plugins/authenticate/signing-keys.ts'

export type KeySetDeps = { signingKeys: Pick<SigningKeys, 'published'> }

const keySetSchema = z
  .object({
    keys: z.array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string(),
        kid: z.string(),
        use: z.literal('sig'),
        alg: z.literal('EdDSA'),
      }),
    ),
  })
  .meta({ id: 'KeySet', description: 'A JSON Web Key Set (RFC 7517) of Ed25519 keys (RFC 8037).' })

/** Half of the time that a new key is shown before it signs. */
const CACHE = 'public, max-age=300'

/** `/.well-known/jwks.json`: what verifies our access tokens. */
export const registerKeySetRoutes = (app: ApiInstance, deps: KeySetDeps): void => {
  app.get(
    '/.well-known/jwks.json',
    {
      config: { access: 'public' },
      schema: {
        docs: {
          operationId: 'getKeySet',
          tag: 'Sign-in',
          summary: 'The public keys of access tokens',
          description:
            'A new key is shown ten minutes before it signs, and an old one until the last token that it signed has expired.',
        },
        response: { 200: keySetSchema },
      },
    },
    async (_request, reply) => reply.header('cache-control', CACHE).send({ keys: [...deps.signingKeys.published()] }),
  )
}
