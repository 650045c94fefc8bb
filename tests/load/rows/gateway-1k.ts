import { gatewayRate } from './gateway-rate.ts'

export const gateway1k = gatewayRate('gateway-1k', 1024)
