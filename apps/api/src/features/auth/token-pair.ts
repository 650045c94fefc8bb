import { z } from 'zod'

export const tokenPairSchema = z
  .object({
    accessToken: z.string().meta({ description: 'JWT; send it as `Authorization: Bearer …`.' }),
    refreshToken: z.string().meta({ description: 'Good for one call of `POST /auth/refresh`.' }),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().meta({ description: 'Seconds until the access token expires.', example: 900 }),
  })
  .meta({ id: 'TokenPair' })

export type TokenPair = z.infer<typeof tokenPairSchema>
