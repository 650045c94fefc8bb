import { type ApiClient, createClient } from '@packages/api-client/create-client'

let made: ApiClient | undefined

/** Same origin: the API serves this page, and the session cookie goes along. Made when first used, in the browser. */
export const client = (): ApiClient => (made ??= createClient())
