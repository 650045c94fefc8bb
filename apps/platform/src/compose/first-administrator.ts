import { setUpAdministrator } from '@apps/api/features/setup/set-up-platform'
import { makeSetupToken } from '@apps/api/features/setup/setup-token'
import type { Database } from '@packages/db/open-database'
import { type Config, ConfigError } from '@packages/runtime/config'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { HoldfastError } from '@packages/shared/holdfast-error'

const administratorOf = async (admin: NonNullable<Config['admin']>, deps: { db: Database }): Promise<boolean> => {
  try {
    return await setUpAdministrator(deps, admin)
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'weak_password')
      throw new ConfigError(['ADMIN_PASSWORD is too easy to guess: it is among those that are tried first'])
    throw error
  }
}

/**
 * Sees to the first administrator at a start: made from the settings, or by a new one-time link.
 * @returns the link, its token in the fragment so that it reaches no log and no server; null when there is one already
 */
export const firstAdministrator = async (
  config: Config,
  deps: { db: Database; logger: MinimalLogger },
): Promise<string | null> => {
  if (config.admin !== null && (await administratorOf(config.admin, deps)))
    deps.logger.info({ email: config.admin.email }, 'made the administrator that the settings name')
  const made = await makeSetupToken(deps)
  return made === null ? null : `${config.publicUrl}/setup#token=${made.token}`
}
