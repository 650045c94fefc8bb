/**
 * Who may import whom (docs/architecture/README.md). Each rule's comment says what it protects.
 * A type-only import counts like any other: a type ties two parts together just as well.
 */
const test = String.raw`\.test\.tsx?$`

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle has no first part to understand or to start.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-resolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      // What Helia's client needs is installed beside it, when the compliance suites run.
      from: { pathNot: '^tests/compliance/helia/' },
      to: { couldNotResolve: true, pathNot: '^(bun:|vitest$)' },
    },
    {
      name: 'only-declared-packages',
      comment: "Every workspace names what it imports in its own package.json: the root's hoisting is an accident.",
      severity: 'error',
      from: { path: '^(apps|packages|services)/' },
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown'],
        // The test runner belongs to the repository, not to each workspace.
        pathNot: '(^|node_modules/)(vitest|fast-check|yaml)(/|$)',
      },
    },
    {
      name: 'no-development-packages-in-production',
      comment: 'What a running platform needs stands under dependencies.',
      severity: 'error',
      from: {
        path: '^(apps|packages|services)/[^/]+/src/',
        pathNot: `${test}|^packages/testkit/|/src/testing/|/test-database\\.ts$`,
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'services-apart',
      comment: 'Services meet in tables and jobs; one never imports another.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/([^/]+)/', pathNot: '^services/$1/' },
    },
    {
      name: 'services-know-no-apps',
      comment: 'A service runs without any front door.',
      severity: 'error',
      from: { path: '^services/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-apart',
      comment: 'An app never imports another; only the platform puts them together.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/platform/' },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'packages-know-no-users',
      comment: 'Packages stand below apps and services. The test kit alone starts a whole platform.',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/testkit/' },
      to: { path: '^(apps|services)/' },
    },
    {
      name: 'test-kit-in-tests-only',
      comment: 'Nothing that ships depends on the test kit.',
      severity: 'error',
      from: { path: '^(apps|packages|services)/', pathNot: `${test}|^packages/testkit/` },
      to: { path: '^packages/testkit/' },
    },
    {
      name: 'shared-is-browser-safe',
      comment: 'packages/shared runs in a browser: no Node built-ins, and nothing of ours above it.',
      severity: 'error',
      from: { path: '^packages/shared/', pathNot: test },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'shared-stands-at-the-bottom',
      comment: 'packages/shared imports no other workspace.',
      severity: 'error',
      from: { path: '^packages/shared/', pathNot: test },
      to: { path: '^(apps|packages|services)/', pathNot: '^packages/shared/' },
    },
    {
      name: 'content-knows-no-http-or-sql',
      comment: 'The content store is a library: no server, no database.',
      severity: 'error',
      from: { path: '^packages/content/', pathNot: test },
      to: { path: '(^packages/db/)|(node_modules/(pg|kysely|fastify|pg-boss)/)' },
    },
    {
      name: 'web-talks-through-the-client',
      comment: 'The dashboard knows the API by its generated client alone.',
      severity: 'error',
      from: { path: '^apps/web/', pathNot: test },
      to: { path: '^(apps|packages|services)/', pathNot: '^(apps/web|packages/api-client)/' },
    },
    {
      name: 'client-stands-alone',
      comment: 'The generated client is for anybody: it imports nothing of ours.',
      severity: 'error',
      from: { path: '^packages/api-client/' },
      to: { path: '^(apps|packages|services)/', pathNot: '^packages/api-client/' },
    },
    {
      name: 'better-auth-in-one-feature',
      comment: 'Accounts are better-auth’s, behind one feature (hard case 14).',
      severity: 'error',
      from: { pathNot: '^apps/api/src/features/auth/' },
      to: { path: 'node_modules/(better-auth|@better-auth)/' },
    },
    {
      name: 'adapters-are-chosen-in-compose',
      comment: 'Which implementation of a port runs is decided where the platform is put together, and nowhere else.',
      severity: 'error',
      from: {
        path: '^(apps|packages|services)/',
        pathNot: [
          test,
          '^apps/platform/src/(compose|commands/)',
          '/src/test(ing|-support)/',
          '^packages/db/src/(embedded/|embedded-postgres|test-database)',
          '^packages/testkit/src/contracts/',
        ],
      },
      to: {
        path: '^(packages/db/src/embedded-postgres|packages/runtime/src/memory-rate-limiter|services/ipfs-manager/src/(embedded-node|embedded/embedded-backend|kubo/kubo-backend))\\.ts$',
      },
    },
    {
      name: 'features-apart',
      comment: 'A feature reaches another only through what it exports for that: its policy or its port.',
      severity: 'error',
      from: { path: '^apps/api/src/features/([^/]+)/', pathNot: test },
      to: {
        path: '^apps/api/src/features/([^/]+)/.*(routes|repository|presenter)\\.ts$',
        pathNot: '^apps/api/src/features/$1/',
      },
    },
    {
      name: 'no-tests-in-sources',
      comment: 'A test is never imported.',
      severity: 'error',
      from: { pathNot: test },
      to: { path: test },
    },
    {
      name: 'black-box-tests',
      comment:
        'Acceptance, chaos and end-to-end tests see the platform from outside: the client and the test kit alone; the crash run also reckons the CIDs that it asks for.',
      severity: 'error',
      from: {
        path: '^tests/(acceptance|chaos|e2e)/',
        pathNot: '^tests/chaos/(plant-fault|hasten|hasten-checks)\\.ts$',
      },
      to: {
        path: '^(apps|packages|services)/',
        pathNot: '^packages/(api-client|testkit|db/src/(test-database|embedded-postgres)|content/src/unixfs/import-)',
      },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing uses and that starts nothing.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          test,
          '\\.d\\.ts$',
          '^apps/web/(src/app/|next\\.config\\.ts|src/.*\\.css$)',
          '(^|/)(vitest|commitlint)\\.config\\.',
        ],
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules/\\.cache|\\.next|out|vectors|fixtures)/' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    tsConfig: { fileName: 'tsconfig.json' },
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css'],
    },
    builtInModules: { add: ['node:sqlite', 'node:test'] },
    reporterOptions: { text: { highlightFocused: true } },
  },
}
