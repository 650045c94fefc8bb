import { DATA_MAP } from './data-map.ts'
import { SEALED_COLUMNS } from './sealed-columns.ts'

const names = (columns: string | undefined): string =>
  columns === undefined
    ? '–'
    : columns
        .split(' ')
        .map((one) => `\`${one}\``)
        .join(' ')

/** The text of `docs/security/data-map.md`, from the table that a test holds against the database. Pure. */
export const dataMapPage = (): string => {
  const rows = Object.entries(DATA_MAP)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([table, map]) =>
        `| \`${table}\` | ${names(map.personal)} | ${names(map.link)} | ${names(map.secret)} | ${names(map.plain)} | ${map.goes ?? 'with its user or organization'} |`,
    )
  const sealed = Object.entries(SEALED_COLUMNS).map(([column, by]) =>
    by === 'tenant'
      ? `| \`${column}\` | ${column.startsWith('ipns_keys.') ? 'always' : 'of private files'} | the organization’s |`
      : `| \`${column}\` | always | the platform’s |`,
  )
  return `# Data map

Every column of the database, by what it says about people. A column that is not classified fails a test, and so does this page when it is not current.

- *Personal*: tells of a person, or is what a person chose. It is readable to the database and to whoever has a back-up of it: names, addresses and metadata can be searched by part.
  Those of private files are sealed, see below.
- *Link*: an id that ties the row to a person.
- *Secret*: a credential's hash, or something sealed under a key. None is stored in clear: canaries planted in every input are found in no such column
  (\`tests/integration/security/canaries.test.ts › are in the database only where the data map says that it is personal, and secrets nowhere\`).
- *Plain*: neither.

| Table | Personal | Link | Secret | Plain | Its rows go |
|---|---|---|---|---|---|
${rows.join('\n')}

## What is sealed

| Column | In which rows | By whose key |
|---|---|---|
${sealed.join('\n')}

By AES-256-GCM; table, column, row and organization are authenticated, so that what is moved does not open (\`apps/api/src/private/swapped-columns.test.ts › opens in its own row, and not with what is sealed in another row, another column or another organization\`). Mails in jobs and keys under keys are sealed likewise: [keys.md](keys.md). The size of what is sealed shows, and so do
\`content_type\`, \`size\` and dates of private files; \`cid_hash\` and \`name_hash\` are keyed, and find whole names alone.

Everything else stays readable to the database, because it is searched by part, sorted, or handed to others: names and metadata of public files, all CIDs of public content, names and labels of pins, e-mail addresses.
Of what will be private these are in clear until the upload is finished or expires: paths of a folder’s entries (\`upload_folder_entries.path\`), names of pieces that do not say
\`visibility: private\` themselves, and the bytes under \`DATA_DIR/uploads\`.

## Back-ups

A back-up of the database holds all of it as it was, until the back-up is deleted; what is sealed stays sealed without the master key, which is not in the database, and \`upload_folder_entries\` is as above.
A back-up of \`DATA_DIR\` holds the master key beside what it opens, unless the key is kept elsewhere, and the bytes of uploads that were going on.
The content store holds the bytes of public files in clear, those of private ones encrypted, and nothing of who uploaded them.

This page is generated: \`npm run docs:configuration\`.
`
}
