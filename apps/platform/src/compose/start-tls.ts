import type { Config } from '@packages/runtime/config'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { TlsCertificates } from '@packages/runtime/tls/tls-certificates'

/** What the listeners of this process show. @returns null for plain HTTP @throws StartError when it cannot be used */
export const startTls = async (
  { tls }: Pick<Config, 'tls'>,
  { stack, logger }: { stack: ServiceStack; logger: MinimalLogger },
): Promise<TlsCertificates | null> => {
  if (tls === null) return null
  return stack.acquire(
    'certificates',
    () => TlsCertificates.open(tls, logger),
    (certificates) => certificates.close(),
  )
}
