import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import type { Ledger } from './ledger.ts'

type PinTime = { organization: string; name: string; micros: number }

/** From the embedded database itself: the API tells milliseconds. */
const readPinTimes = async (dataDir: string): Promise<PinTime[]> => {
  const folder = join(dataDir, 'postgres')
  const password = (await readFile(join(folder, 'password'), 'utf8')).trim()
  const client = new Client({ host: join(folder, 'run'), user: 'holdfast', password, database: 'holdfast' })
  // The server hangs up while it is told good-bye: what counts was answered.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query<{ organization: string; name: string; micros: string }>(`
      select p.organization_id as organization, f.original_name as name,
        (extract(epoch from p.created_at) * 1000000)::bigint as micros
      from pins p join files f on f.pin_id = p.id order by p.organization_id, p.created_at`)
    return rows.map((row) => ({ ...row, micros: Number(row.micros) }))
  } finally {
    await client.end()
  }
}

/**
 * `pins.created_at` is unique in an organization and rises in the order in which pins were made, whatever the clock did.
 * @returns every contradiction in words
 */
export const checkPinTimes = async (dataDir: string, ledger: Ledger): Promise<string[]> => {
  const problems: string[] = []
  const files = new Map(ledger.in('there').map((file) => [file.name, file]))
  const byOrganization = Map.groupBy(await readPinTimes(dataDir), ({ organization }) => organization)
  for (const pins of byOrganization.values()) {
    // Walked from the oldest on: nobody may have been acknowledged before one that is older by its date was begun.
    let latestBegun = { at: Number.NEGATIVE_INFINITY, name: '' }
    for (const [index, { name, micros }] of pins.entries()) {
      if (pins[index - 1]?.micros === micros) problems.push(`two pins of one organization were made at ${micros} µs`)
      const file = files.get(name)
      if (file === undefined) continue
      if ((file.acknowledgedAt ?? Number.POSITIVE_INFINITY) < latestBegun.at)
        problems.push(`${name} was acknowledged before ${latestBegun.name} was begun, and its pin is younger`)
      if (file.begunAt > latestBegun.at) latestBegun = { at: file.begunAt, name }
    }
  }
  return problems
}
