import * as fc from 'fast-check'

/** What may happen in the model of pins (`pins-model.ts`). */
export type Step =
  | { verb: 'want' | 'want many'; tenant: number; root: number; min: number }
  | { verb: 'upload' | 'unpin'; tenant: number; root: number }
  | { verb: 'down' | 'up' | 'lose'; node: number; root: number }
  | { verb: 'drain' | 'take back'; node: number }
  | { verb: 'wish'; copies: number }
  | { verb: 'turn' | 'check' | 'crash' }

export const TENANTS = 3
/** Of the roots, in bytes. */
export const SIZES = [1_000, 2_000, 1_100_000]
/** @param nodes besides the own store */
export const anyStep = (nodes: number): fc.Arbitrary<Step> => {
  const node = fc.nat(nodes - 1)
  const [tenant, root] = [fc.nat(TENANTS - 1), fc.nat(SIZES.length - 1)]
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        verb: fc.constantFrom('want' as const, 'want many' as const),
        tenant,
        root,
        min: fc.integer({ min: 1, max: 2 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ verb: fc.constant('upload' as const), tenant, root }) },
    { weight: 3, arbitrary: fc.record({ verb: fc.constant('unpin' as const), tenant, root }) },
    {
      weight: 4,
      arbitrary: fc.record({ verb: fc.constantFrom('down' as const, 'up' as const, 'lose' as const), node, root }),
    },
    { weight: 2, arbitrary: fc.record({ verb: fc.constantFrom('drain' as const, 'take back' as const), node }) },
    { weight: 1, arbitrary: fc.record({ verb: fc.constant('wish' as const), copies: fc.integer({ min: 1, max: 4 }) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        verb: fc.constantFrom('turn' as const, 'turn' as const, 'check' as const, 'crash' as const),
      }),
    },
  )
}
