import type { ContractCase } from './contract-case.ts'
import { diskCases } from './pin-backend-disk-cases.ts'
import { fetchCases } from './pin-backend-fetch-cases.ts'
import type { PinBackendHarness } from './pin-backend-harness.ts'
import { holdCases } from './pin-backend-hold-cases.ts'
import { pushCases } from './pin-backend-push-cases.ts'
import { verifyCases } from './pin-backend-verify-cases.ts'

/** What every `PinBackend` must do. The harness is made once; the cases run one after the other. */
export const pinBackendContract: readonly ContractCase<PinBackendHarness>[] = [
  ...pushCases,
  ...fetchCases,
  ...holdCases,
  ...verifyCases,
  ...diskCases,
]
