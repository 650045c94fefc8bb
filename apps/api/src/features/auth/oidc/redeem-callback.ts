import { HoldfastError } from '@packages/shared/holdfast-error'
import type { FlowPurpose, OidcFlows } from './oidc-flows.ts'
import type { Claims, FlowSecrets, OpenIdProvider } from './openid-provider.ts'

export type TakeFlowDeps = { flows: Pick<OidcFlows, 'take'> }
export type RedeemDeps = { provider: Pick<OpenIdProvider, 'redeem'> }

/** What the provider's redirect brought, and the cookie of who began. */
export type Callback = { query: string; state: string; browser: string | undefined }

export type Flow = FlowSecrets & FlowPurpose & { state: string; query: string }

/** What a redirect belongs to: once, and in the browser that began it. @throws HoldfastError `sso_failed` */
export const takeFlow = async ({ flows }: TakeFlowDeps, { query, state, browser }: Callback): Promise<Flow> => {
  const flow = browser === undefined ? undefined : await flows.take(state, browser)
  if (flow === undefined) throw new HoldfastError('sso_failed')
  return { ...flow, state, query }
}

/** What the provider says of the person. @throws HoldfastError `sso_failed`, `unavailable` */
export const redeemFlow = ({ provider }: RedeemDeps, { query, ...flow }: Flow): Promise<Claims> =>
  provider.redeem(query, flow, { again: flow.purpose === 'confirm' })
