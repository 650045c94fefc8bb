import { cookiePrefix } from '../../../plugins/authenticate/session-cookie.ts'
import { FLOW_SECONDS } from './oidc-flows.ts'

const VALUE = /^[\w-]{43}$/

/** Which browser began a sign-in. `Lax`: the provider sends it back by a link. */
export const flowCookie = (https: boolean) => {
  const name = `${cookiePrefix(https)}.oidc`
  const attributes = `Path=/; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}`
  return {
    read: (header: string | undefined): string | undefined => {
      const pairs = (header ?? '').split(';').map((pair) => pair.trim())
      const value = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
      return value !== undefined && VALUE.test(value) ? value : undefined
    },
    write: (browser: string): string => `${name}=${browser}; Max-Age=${FLOW_SECONDS}; ${attributes}`,
    clear: (): string => `${name}=; Max-Age=0; ${attributes}`,
  }
}

export type FlowCookie = ReturnType<typeof flowCookie>
