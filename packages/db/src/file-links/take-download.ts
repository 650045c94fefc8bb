import { hash } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** How long the rest of a download is free to whoever has taken it. */
const WINDOW_MINUTES = 10

export type Download = {
  linkId: string
  /** Content and file within it: a window is open for these bytes alone. */
  target: string
  /** Of the client. */
  address: string
  /** Whether the response holds byte 0. */
  hasFirstByte: boolean
}

/**
 * Takes a download of a link, or finds it free: ranges without byte 0, for whoever has taken the same bytes in the last ten
 * minutes. One statement, which the row's lock puts in order, so that no two requests take the same one.
 * @returns false when the link is over or none is left
 */
export const takeDownload = async (db: Kysely<Tables>, download: Download): Promise<boolean> => {
  const { linkId, target, address, hasFirstByte } = download
  const client = hash('sha256', JSON.stringify([linkId, target, address]), 'buffer')
  const { rows } = await sql<{ allowed: boolean }>`
    with free as (
      select l.id from file_links l join file_link_windows w on w.link_id = l.id
      where l.id = ${linkId} and w.client = ${client} and w.open_until > now() and not ${hasFirstByte}::boolean
        and l.revoked_at is null and l.expires_at > now()
    ), taken as (
      update file_links set downloads = downloads + 1, last_used_at = now()
      where id = ${linkId} and not exists (select from free)
        and revoked_at is null and expires_at > now() and (max_downloads is null or downloads < max_downloads)
      returning id
    ), opened as (
      insert into file_link_windows (link_id, client, open_until)
      select id, ${client}, now() + make_interval(mins => ${WINDOW_MINUTES}) from taken
      on conflict (link_id, client) do update set open_until = excluded.open_until
    )
    select exists (select from free) or exists (select from taken) as allowed
  `.execute(db)
  return rows[0]?.allowed ?? false
}
