import type { FastifyRequest } from 'fastify'
import type { RateClass } from '../api-instance.ts'

/** What a request takes from a limit. `standard` goes by the method. */
export const RATE_COSTS = {
  read: 1,
  list: 2,
  write: 5,
  upload: 5,
  download: 5,
  expensive: 25,
} as const satisfies Partial<Record<RateClass, number>>

const isCosted = (rateClass: RateClass): rateClass is keyof typeof RATE_COSTS => Object.hasOwn(RATE_COSTS, rateClass)

/** Pure: the cost of a request to its route. */
export const rateCost = ({ method, routeOptions }: Pick<FastifyRequest, 'method' | 'routeOptions'>): number => {
  const { rateClass = 'standard' } = routeOptions.config
  if (isCosted(rateClass)) return RATE_COSTS[rateClass]
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? RATE_COSTS.read : RATE_COSTS.write
}
