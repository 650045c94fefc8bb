import type { BenchRow } from '../frame/bench-row.ts'
import { apiMixed } from './api-mixed.ts'
import { cdnHitRate } from './cdn-hit-rate.ts'
import { compactionLatency } from './compaction-latency.ts'
import { gateway100k } from './gateway-100k.ts'
import { gateway1k } from './gateway-1k.ts'
import { gateway1m } from './gateway-1m.ts'
import { gatewayCar1m } from './gateway-car-1m.ts'
import { gatewayCold10k } from './gateway-cold-10k.ts'
import { gatewayDir } from './gateway-dir.ts'
import { gatewayFirstByte } from './gateway-first-byte.ts'
import { gatewayFirstByteRemote } from './gateway-first-byte-remote.ts'
import { gatewayGated1k } from './gateway-gated-1k.ts'
import { gatewayP991k } from './gateway-p99-1k.ts'
import { gatewaySubdomain1k } from './gateway-subdomain-1k.ts'
import { gateway256mStream } from './gateway-256m-stream.ts'
import { cidDryRun } from './cid-dry-run.ts'
import { pinsAcceptC64 } from './pins-accept-c64.ts'
import { pinsAcceptC8 } from './pins-accept-c8.ts'
import { pinsBulk } from './pins-bulk.ts'
import { pinsList1m } from './pins-list-1m.ts'
import { rebuildIndexRow } from './rebuild-index.ts'
import { upload1kC16 } from './upload-1k-c16.ts'
import { uploadCar256m } from './upload-car-256m.ts'
import { upload256m } from './upload-256m.ts'
import { uploadFolder20k } from './upload-folder-20k.ts'

/** The rows of `npm run bench`, in the order in which they run. */
export const ALL_ROWS: readonly BenchRow[] = [
  upload256m,
  upload1kC16,
  uploadFolder20k,
  uploadCar256m,
  cidDryRun,
  gateway1k,
  gateway100k,
  gateway1m,
  gateway256mStream,
  gatewayP991k,
  gatewaySubdomain1k,
  gatewayDir,
  gatewayCar1m,
  gatewayCold10k,
  gatewayFirstByte,
  gatewayFirstByteRemote,
  gatewayGated1k,
  apiMixed,
  pinsAcceptC8,
  pinsAcceptC64,
  pinsBulk,
  pinsList1m,
  rebuildIndexRow,
  compactionLatency,
  cdnHitRate,
]
