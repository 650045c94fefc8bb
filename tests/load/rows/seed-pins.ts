import type { Client } from 'pg'

export type ListedPins = {
  organizationId: string
  /** The pin in the middle, by its time and by its id. */
  middle: string
  middleId: string
}

/** Pins of the organization's own files, one a second, until an hour ago; ids rise with their times, as those that the platform makes. */
export const seedPins = async (client: Client, pins: number): Promise<ListedPins> => {
  const { rows: owners } = await client.query<{ organization_id: string }>('select organization_id from pins limit 1')
  const organizationId = owners[0]?.organization_id ?? ''
  await client.query(
    `create temporary table held as
     select id, cid, row_number() over (order by id) - 1 as at, count(*) over () as n from contents where state = 'held'`,
  )
  const batch = 100_000
  for (let from = 0; from < pins; from += batch)
    await client.query(
      `insert into pins (id, organization_id, content_id, cid, name, name_folded, meta, status, created_at, pinned_at)
       select (lpad(to_hex((extract(epoch from x.at) * 1000)::bigint), 12, '0') || '7' || substr(md5(x.n::text), 1, 3) || '8' ||
           substr(md5(x.n::text), 4, 15))::uuid,
         $1, h.id, h.cid, 'File ' || x.n, 'file ' || x.n, jsonb_build_object('app', 'a' || x.n % 50000, 'of', 'all'),
         case when x.n % 10000 = 0 then 'queued' else 'pinned' end, x.at, x.at
       from (select n, date_trunc('milliseconds', now()) - interval '1 hour' - ($4::bigint - n) * interval '1 second' as at
         from generate_series($2::bigint, $3::bigint) n) as x
       join held h on h.at = x.n % h.n`,
      [organizationId, from + 1, Math.min(from + batch, pins), pins],
    )
  await client.query('vacuum analyze pins')
  await client.query('analyze contents')
  const { rows } = await client.query<{ id: string; created: string }>(
    `select id, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created
     from pins where organization_id = $1 and name = $2`,
    [organizationId, `File ${Math.ceil(pins / 2)}`],
  )
  const [row] = rows
  if (row === undefined) throw new Error('no pins were written')
  return { organizationId, middle: row.created, middleId: row.id }
}
