import type { PinNetwork } from '../pin-backend.ts'
import type { KuboClient } from './kubo-client.ts'

/** A node of the pool, as settings or an operator name it. */
export type KuboNodeSettings = {
  nodeId: string
  name: string
  url: string
  token: string | null
  zone: string
  network: PinNetwork
}

export type KuboNode = Omit<KuboNodeSettings, 'url' | 'token'> & { client: KuboClient; hasToken: boolean }
