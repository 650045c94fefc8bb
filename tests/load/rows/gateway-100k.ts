import { gatewayRate } from './gateway-rate.ts'

export const gateway100k = gatewayRate('gateway-100k', 100 * 1024)
