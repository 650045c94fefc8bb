import { DATA_MAP } from './data-map.ts'

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
  return `# Data map

Every column of the database, by what it says about people. A column that is not classified fails a test, and so does this page when it is not current.

- *Personal*: tells of a person, or is what a person chose. It is readable to the database and to whoever has a back-up of it: names, addresses and metadata can be searched by part.
  Where a column of this class is sealed, [keys.md](keys.md) or its own page says so.
- *Link*: an id that ties the row to a person.
- *Secret*: a credential's hash, or something sealed under a key. None is stored in clear: canaries planted in every input are found in no such column
  (\`tests/integration/security/canaries.test.ts › are in the database only where the data map says that it is personal, and secrets nowhere\`).
- *Plain*: neither.

| Table | Personal | Link | Secret | Plain | Its rows go |
|---|---|---|---|---|---|
${rows.join('\n')}

A back-up of the database holds all of it as it was, until the back-up is deleted; what is sealed stays sealed without the master key, which is not in the database.
The content store holds the bytes of public files in clear, and nothing of who uploaded them.

This page is generated: \`npm run docs:configuration\`.
`
}
