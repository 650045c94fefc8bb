import { gatewayRate } from './gateway-rate.ts'

export const gateway1m = gatewayRate('gateway-1m', 1024 * 1024)
