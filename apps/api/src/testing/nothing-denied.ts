import { Takedowns } from '@packages/db/takedowns'
import { DeniedContent } from '../content/denied-content.ts'

/** Of a platform whose operator has taken nothing down. */
export const nothingDenied = new DeniedContent({ takedowns: new Takedowns() })
