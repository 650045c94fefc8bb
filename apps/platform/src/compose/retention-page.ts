import { RETENTION } from './retention.ts'

type PageRow = { what: string; howLong: string; test: string }

const SHIFTED = 'apps/platform/src/compose/retention.test.ts › %s stay until their time, and go after it'

/** What stays until somebody deletes it, or goes by a job of its own. */
const OTHERS: readonly PageRow[] = [
  {
    what: 'Accounts, organizations, files, pins',
    howLong: 'until they are deleted',
    test: 'apps/api/src/features/files/files.test.ts › deletes all rows of a CID, and then the store has it no more',
  },
  {
    what: 'Content that others hold too',
    howLong: 'until the last of them deletes it',
    test: 'apps/api/src/features/files/files.test.ts › keeps what another tenant has as well, until that one deletes it too',
  },
  {
    what: 'Invitations',
    howLong: 'a link lives 7 days; the row goes with the organization',
    test: 'apps/api/src/features/invitations/invitations.test.ts › ends when it is revoked, sent anew, replaced or a week old',
  },
  {
    what: 'Unfinished uploads, their names and staged bytes',
    howLong: '`UPLOAD_EXPIRES` (7 days) after the last byte',
    test: 'apps/api/src/features/uploads/tus-limits.test.ts › expires after 7 days without activity, and takes what has expired away',
  },
  {
    what: 'Audit log',
    howLong: '`AUDIT_RETENTION` (400 days)',
    test: 'packages/db/src/audit/audit-sealer.test.ts › retention takes old rows away, by a shifted clock, and the rest still verifies',
  },
  {
    what: 'Who a row of the audit log is about',
    howLong: 'until the user is deleted',
    test: 'apps/api/src/features/audit-log/audit-log.test.ts › forgets who it was when the user is deleted',
  },
  {
    what: 'Quarantine of content that no row owns',
    howLong: '7 days',
    test: 'services/ipfs-manager/src/orphan-collector.test.ts › quarantines an orphan after an hour, and gives it back after seven days more',
  },
]

const rowText = ({ what, howLong, shown }: { what: string; howLong: string; shown: string }): string =>
  `| ${what} | ${howLong} | ${shown} |`

/** The text of `docs/security/retention.md`. Pure. */
export const retentionPage = (): string => {
  const others = OTHERS.map(({ test, ...row }) => rowText({ ...row, shown: `\`${test}\`` }))
  const jobs = RETENTION.map((rule) => rowText({ ...rule, shown: `\`${SHIFTED}\`` }))
  return `# How long what is kept

Of the database; [data-map.md](data-map.md) says what each table holds. Back-ups keep all of it as long as they are kept themselves.

| What | How long | Shown by |
|---|---|---|
${[...others, ...jobs].join('\n')}
| Usage by month | until the organization is deleted | not met |
| Tombstones | for good: a CID and a date | not met |
| Logs of the process | as the operator keeps standard output; addresses and what callers write are not in them | \`tests/integration/security/canaries.test.ts › are in no line of the log\` |

*Not met* here means that no test of that very time is named, not that nothing is deleted. Jobs run a minute after the start, and then every 15 minutes.

This page is generated: \`npm run docs:configuration\`.
`
}
