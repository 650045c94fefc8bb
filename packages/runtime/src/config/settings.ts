import { z } from 'zod'
import { dnslinkMap, domainPatterns, fileAddresses, hostNames, nameServers } from './gateway-schemas.ts'
import { cdnCacheList } from './cdn-caches.ts'
import { kuboNodeList } from './kubo-nodes.ts'
import { optional, type Setting, withDefault } from './setting.ts'
import {
  byteCount,
  certificatesFile,
  claimList,
  commandLine,
  domainList,
  duration,
  issuerUrl,
  keyList,
  listenHost,
  mailbox,
  networkList,
  originList,
  originsOrAll,
  peerList,
  port,
  portOrOff,
  postgresAddress,
  redisAddress,
  smtpUrl,
  webOrigin,
  wholeNumber,
  wordList,
} from './value-schemas.ts'

export const ROLES = ['api', 'gateway', 'ipfs-manager'] as const
export type Role = (typeof ROLES)[number]

/** Those of Kubo 0.43. */
const BOOTSTRAP_PEERS = [
  '/dnsaddr/bootstrap.libp2p.io/p2p/QmNnooDu7bfjPFoTZYxMNLWUQJyrVwtbZg5gBMjTezGAJN',
  '/dnsaddr/bootstrap.libp2p.io/p2p/QmbLHAnMoJPWSCR5Zhtx6BHJX9KiKNN6tpvbUcqanj75Nb',
  '/dnsaddr/bootstrap.libp2p.io/p2p/QmcZf59bWwK5XFi76CZX8cbJ4BhTzzA3gU1ZjYZcYW3dwt',
  '/dnsaddr/va1.bootstrap.libp2p.io/p2p/12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8',
  '/ip4/104.131.131.82/tcp/4001/p2p/QmaCpDMGvV2BGHeYERUEnRQAwe3N8SzbUtfsmvsqQLuvuJ',
] as const

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const oneOf = <W extends string>(...words: W[]) =>
  z.string().pipe(z.enum(words, { error: `must be one of ${words.join(', ')}` }))

/** Every setting there is, in the order in which `docs/configuration.md` shows them. */
export const SETTINGS = {
  ROLES: withDefault({
    schema: wordList(ROLES),
    type: 'comma list',
    default: ROLES.join(','),
    description: `What this process does: ${ROLES.map((role) => `\`${role}\``).join(', ')}. With the embedded backend \`api\` and \`ipfs-manager\` run in one process; \`gateway\` alone reads the same \`DATA_DIR\` and needs \`DATABASE_URL\`.`,
  }),
  DATA_DIR: withDefault({
    schema: z.string(),
    type: 'folder',
    default: './data',
    description:
      'Holds everything that must survive: content, database, secrets. Made with mode 0700 when it is not there.',
  }),
  HOST: withDefault({
    schema: listenHost,
    type: 'address',
    default: '127.0.0.1',
    description:
      'The address to listen on. `0.0.0.0` opens the platform to the network; set `PUBLIC_URL` and `GATEWAY_URL` then.',
  }),
  API_PORT: withDefault({
    schema: port,
    type: 'port',
    default: '3000',
    description: 'The API and the dashboard. 0 takes a free port.',
  }),
  GATEWAY_PORT: withDefault({
    schema: port,
    type: 'port',
    default: '8080',
    description: 'The IPFS gateway. 0 takes a free port.',
  }),
  SWARM_PORT: withDefault({
    schema: portOrOff,
    type: 'port',
    default: '4001',
    description:
      'Where peers of the IPFS network connect, by TCP. 0 takes a free port, `off` takes no part in the network at all.',
  }),
  METRICS_PORT: withDefault({
    schema: portOrOff,
    type: 'port',
    default: '9464',
    description: 'Prometheus metrics at `/metrics`, on 127.0.0.1 only. 0 takes a free port, `off` listens nowhere.',
  }),
  PUBLIC_URL: optional({
    schema: webOrigin,
    type: 'address',
    defaultText: '`http://HOST:API_PORT`',
    description: 'Where people reach the API and the dashboard, as seen through any proxy.',
  }),
  GATEWAY_URL: optional({
    schema: webOrigin,
    type: 'address',
    defaultText: '`http://HOST:GATEWAY_PORT`',
    description: 'Where people reach the gateway.',
  }),
  TLS_CERT: optional({
    schema: z.string(),
    type: 'file',
    defaultText: 'plain HTTP',
    description:
      'API and gateway listen with TLS then: their certificate in PEM, followed by those that signed it. Read again when the file changes, and on SIGHUP. Needs `TLS_KEY`.',
  }),
  TLS_KEY: optional({
    schema: z.string(),
    type: 'file',
    description: "The certificate's private key in PEM, without a passphrase.",
  }),
  TLS_MIN_VERSION: withDefault({
    schema: oneOf('1.2', '1.3'),
    type: 'word',
    default: '1.3',
    description: 'The oldest version of TLS that API and gateway speak: `1.3` or `1.2`.',
  }),
  HSTS_SUBDOMAINS: withDefault({
    schema: oneOf('leave', 'include'),
    type: 'word',
    default: 'leave',
    description:
      'Under HTTPS browsers are told to reach our hosts by HTTPS alone, for a year (HSTS). `include`: hosts below them, too; only when all of those are yours and speak HTTPS.',
  }),
  DATABASE_URL: optional({
    schema: postgresAddress,
    type: 'address',
    defaultText: 'the embedded PostgreSQL',
    description:
      'A PostgreSQL 15 or newer of your own, `postgresql://user:password@host:5432/holdfast?sslmode=verify-full`. Without it one is started inside `DATA_DIR`. With TLS the certificate and its name are always verified, except by `no-verify`. In production mode another machine has to be reached by TLS that verifies.',
    secret: true,
  }),
  DATABASE_CA: optional({
    schema: certificatesFile,
    type: 'file',
    defaultText: 'those that Node knows',
    description: 'Certificates in PEM: who alone may vouch for the database server. Turns TLS on.',
  }),
  REDIS_URL: optional({
    schema: redisAddress,
    type: 'address',
    defaultText: 'memory',
    description:
      'A Redis 7 or newer, in which all processes count rate limits together: `redis://user:password@host:6379/0`, `rediss://…` with TLS or `unix:///path/to/socket`. While it is lost, sign-in answers 503 and other limits are kept in memory. In production mode an address of another machine has to be `rediss:`.',
    secret: true,
  }),
  REDIS_CA: optional({
    schema: certificatesFile,
    type: 'file',
    defaultText: 'those that Node knows',
    description: 'Certificates in PEM: who alone may vouch for the Redis server. Needs `rediss:`.',
  }),
  IPFS_BACKEND: withDefault({
    schema: oneOf('embedded', 'kubo', 'cluster').refine(
      (backend) => backend !== 'cluster',
      'must be "embedded" or "kubo": the backend cluster is not supported yet',
    ),
    type: 'word',
    default: 'embedded',
    description:
      'Who stores content: `embedded` (the own block store) or `kubo` (the nodes in `KUBO_NODES`, besides the own store). `cluster` is not supported yet: setting it ends with exit code 78.',
  }),
  KUBO_NODES: optional({
    schema: kuboNodeList,
    type: 'JSON list',
    defaultText: 'none',
    description:
      'The Kubo nodes (0.38 or newer), each with the address of its RPC and the secret of its `API.Authorizations`: `[{"url":"http://10.0.0.2:5001","token":"…","zone":"a","network":"public"}]`. `name` is by default the address; `network` is `public`, or `private` for nodes with a swarm key of their own. Needed with `IPFS_BACKEND=kubo`.',
    secret: true,
  }),
  LEAVE_KUBO_NODES: optional({
    schema: kuboNodeList,
    type: 'JSON list',
    defaultText: 'none',
    description:
      'Kubo nodes that the platform leaves for its own store, as `KUBO_NODES` had them: they take nothing more, and what they hold comes into the own store, is verified, and goes from them. See docs/operations/kubo.md. Only with `IPFS_BACKEND=embedded`.',
    secret: true,
  }),
  UPLOAD_ACK_COPIES: optional({
    schema: wholeNumber(1, 10),
    type: 'number',
    defaultText: '2, or 1 with one node',
    description:
      'How many nodes of `KUBO_NODES` have to confirm an upload before it is answered. When fewer do, it is refused with 503 and nothing of it is kept. Private files go to private nodes alone, all of which have to confirm them when they are fewer; without such nodes they stay in the own store.',
  }),
  EVICT_BELOW_BYTES: withDefault({
    schema: byteCount,
    type: 'bytes',
    default: '1GiB',
    description:
      "With `KUBO_NODES`: while `DATA_DIR`'s disk has less free space than this, the own store lets go what it has from nodes, and then content that `UPLOAD_ACK_COPIES` nodes have confirmed, which is read from them from then on. 0 turns it off. More than `MIN_FREE_BYTES`.",
  }),
  NODE_CACHE_BYTES: withDefault({
    schema: byteCount,
    type: 'bytes',
    default: '4GiB',
    description:
      'With `KUBO_NODES`: how much of what was read from nodes is kept in `DATA_DIR`. What was not read for longest goes first, and all of it before content does. 0 keeps nothing.',
  }),
  REPLICATION_MIN: optional({
    schema: wholeNumber(1, 100),
    type: 'number',
    defaultText: '1; with two nodes or more in `KUBO_NODES` 2',
    description:
      'How many nodes, the own store among them, have to confirm a pin before it is `pinned`, where neither the pin nor its organization says. Written into pins when they are made.',
  }),
  REPLICATION_MAX: optional({
    schema: wholeNumber(1, 100),
    type: 'number',
    defaultText: '1; with Kubo one more than `UPLOAD_ACK_COPIES`',
    description:
      'How many copies of such a pin are made, the one in the own store among them; what is more is released.',
  }),
  IPFS_DIAL_PRIVATE: withDefault({
    schema: oneOf('yes', 'no'),
    type: 'word',
    default: 'no',
    description:
      '`yes` lets nodes dial private addresses which users name as `origins` of a pin, or which peers tell, and lets the embedded node listen on `HOST` alone: for a network of your own, never for strangers.',
  }),
  IPFS_NETWORK: withDefault({
    schema: oneOf('public', 'private', 'none'),
    type: 'word',
    default: 'public',
    description:
      'Which IPFS network the embedded node joins. `public` listens on every interface, finds peers and serves public content to them; `none` listens on `HOST` alone and dials nobody; with `private` there is no embedded node.',
  }),
  IPFS_BOOTSTRAP: withDefault({
    schema: peerList,
    type: 'comma list',
    default: BOOTSTRAP_PEERS.join(','),
    defaultText: "the bootstrap peers of the public network, which are Kubo's as well",
    description:
      'The peers that the embedded node dials first, each `/…/p2p/<peer id>`, wherever they are; `none` waits for others to connect.',
  }),
  IPFS_ANNOUNCE: withDefault({
    schema: peerList,
    type: 'comma list',
    default: 'none',
    description:
      'Addresses at which the embedded node can be reached from outside, such as `/ip4/203.0.113.7/tcp/4001`, where they are not its own interfaces. With one, it answers questions of the DHT as well.',
  }),
  LOG_LEVEL: withDefault({
    schema: oneOf(...LOG_LEVELS),
    type: 'word',
    default: 'info',
    description: `One of ${LOG_LEVELS.join(', ')}.`,
  }),
  LOG_FORMAT: withDefault({
    schema: oneOf('auto', 'json', 'text'),
    type: 'word',
    default: 'auto',
    description:
      '`json` writes one object a line, `text` lines for people, `auto` text on a terminal and JSON elsewhere.',
  }),
  ADMIN_EMAIL: optional({
    schema: z.string().pipe(z.email('must be an e-mail address')),
    type: 'e-mail',
    description: 'With `ADMIN_PASSWORD`: the first administrator, made at the first start without the set-up link.',
  }),
  ADMIN_PASSWORD: optional({
    schema: z.string().min(8, 'must have 8 characters or more').max(128, 'must have 128 characters at most'),
    type: 'text',
    description: "The first administrator's password, 8 to 128 characters. Not read again once the platform is set up.",
    secret: true,
  }),
  REGISTRATION: withDefault({
    schema: oneOf('closed', 'invite', 'open'),
    type: 'word',
    default: 'invite',
    description:
      'Who gets an account: `closed` (whom an operator makes one for), `invite` (whom an organization invites, too) or `open` (whoever proves an e-mail address, too; needs `SMTP_URL`).',
  }),
  OIDC_ISSUER: optional({
    schema: issuerUrl,
    type: 'address',
    defaultText: 'no single sign-on',
    description:
      'An OpenID provider that people may sign in by, as it names itself: `https://id.example.org/realms/main`. HTTPS, except on loopback. Register `PUBLIC_URL/api/auth/oidc/callback` there.',
  }),
  OIDC_CLIENT_ID: optional({
    schema: z.string().max(500),
    type: 'text',
    description: 'What the provider calls this platform. Needed with `OIDC_ISSUER`.',
  }),
  OIDC_CLIENT_SECRET: optional({
    schema: z.string().max(2_000),
    type: 'text',
    description: 'Its secret there (`client_secret_basic`). Needed with `OIDC_ISSUER`.',
    secret: true,
  }),
  OIDC_LABEL: withDefault({
    schema: z.string().trim().min(1, 'is empty').max(60, 'has more than 60 characters'),
    type: 'text',
    default: 'Single sign-on',
    description: 'What the button says.',
  }),
  OIDC_DOMAINS: optional({
    schema: domainList,
    type: 'comma list',
    defaultText: 'any',
    description:
      'Domains of e-mail addresses that may sign in by the provider, which has to have verified the address then.',
  }),
  OIDC_CLAIMS: optional({
    schema: claimList,
    type: 'comma list',
    defaultText: 'none',
    description:
      'Claims that a person must have, each: `groups=files,hd=example.org`. A list has to have the value in it.',
  }),
  OIDC_LINK: withDefault({
    schema: oneOf('never', 'verified-email'),
    type: 'word',
    default: 'never',
    description:
      'Whether somebody who comes by the provider for the first time gets the account that has their address here: `never`, or `verified-email` (both sides have verified the address; its owner is told; never an operator). Only for a provider that you trust with all these accounts.',
  }),
  OIDC_SECOND_FACTOR: withDefault({
    schema: oneOf('own', 'provider'),
    type: 'word',
    default: 'own',
    description:
      'What stands for the second factor of who has one here: `own` (its code, always) or `provider` (the provider says that it asked for one: `mfa` in `amr`).',
  }),
  ORGANIZATIONS_PER_USER: withDefault({
    schema: wholeNumber(0, 1_000),
    type: 'number',
    default: '3',
    description:
      'Organizations that a user may own, the first one counted; those they make are on the plan `trial`. Operators make any number, and with `REGISTRATION=closed` they alone.',
  }),
  SIGN_UPS_PER_ADDRESS: withDefault({
    schema: wholeNumber(1, 1_000_000),
    type: 'per day',
    default: '20',
    description: 'Registrations that are begun from one address. Days are of UTC.',
  }),
  SIGN_UPS_PER_DOMAIN: withDefault({
    schema: wholeNumber(1, 10_000_000),
    type: 'per day',
    default: '500',
    description: 'Registrations that are begun for e-mail addresses of one domain.',
  }),
  SMTP_URL: optional({
    schema: smtpUrl,
    type: 'address',
    defaultText: 'no mail is sent',
    description:
      'The mail server: `smtp://user:password@mail.example.org:587` (STARTTLS) or `smtps://…:465`. With a password, and in production mode, it is used by TLS only, except on loopback.',
    secret: true,
  }),
  SMTP_CA: optional({
    schema: certificatesFile,
    type: 'file',
    defaultText: 'those that Node knows',
    description: 'Certificates in PEM: who alone may vouch for the mail server.',
  }),
  MAIL_FROM: optional({
    schema: mailbox,
    type: 'e-mail',
    description: 'Who mails come from: `files@example.org` or `Holdfast <files@example.org>`. Needed with `SMTP_URL`.',
  }),
  SECRET_KEY: optional({
    schema: keyList,
    type: '32 bytes, hex or base64',
    defaultText: 'made in `DATA_DIR/secrets`',
    description:
      'The master key, under which all other keys are (`docs/security/keys.md`). Losing it loses them. Two, the new one first, while it is replaced (`docs/operations/master-key.md`).',
    secret: true,
  }),
  SIGNING_KEY_MAX_AGE: withDefault({
    schema: duration.refine((ms) => ms === 0 || ms >= 3_600_000, 'must be 0s or 1h or more'),
    type: 'time',
    default: '30d',
    description:
      'How long a key signs access tokens before the next one takes its place, without downtime. `0s` keeps one key.',
  }),
  MASTER_KEY_COMMAND: optional({
    schema: commandLine,
    type: 'JSON list',
    defaultText: 'none',
    description:
      'A program that prints the master key, in place of `SECRET_KEY`: `["/usr/local/bin/unwrap-key", "holdfast"]`, such as one that has a key management service unwrap it. Run without a shell, for 20 s at most; one key a line, the newest first.',
  }),
  LINK_MAX_AGE: withDefault({
    schema: duration.refine((ms) => ms >= 60_000 && ms <= 3_650 * 86_400_000, 'must be from 1min to 3650d'),
    type: 'time',
    default: '30d',
    description: 'The longest time that a link to a file may work. Links that exist keep theirs.',
  }),
  GATEWAY_SUBDOMAIN_HOSTS: withDefault({
    schema: hostNames,
    type: 'comma list',
    default: 'localhost',
    description:
      'Hosts of the gateway, without ports, that give each root an origin of its own (`CID.ipfs.HOST`, `NAME.ipns.HOST`): `/ipfs` and `/ipns` paths are redirected there. Needs wildcards in DNS and in the certificate; browsers have them for `localhost`. An address never redirects. `none` turns it off.',
  }),
  GATEWAY_DNSLINK_HOSTS: withDefault({
    schema: domainPatterns,
    type: 'comma list',
    default: 'none',
    description:
      'Domains (`example.org`, `*.example.org`, `*`) at which the gateway serves what their DNSLink says. Those of `DNSLINK_MAP` are served anyway.',
  }),
  DNSLINK_MAP: optional({
    schema: dnslinkMap,
    type: 'comma list',
    defaultText: 'none',
    description:
      'DNSLinks that are set here, before DNS is asked: `example.org:/ipfs/CID`, `example.net:/ipns/NAME/path`. The gateway serves these domains.',
  }),
  DNS_SERVERS: withDefault({
    schema: nameServers,
    type: 'comma list',
    default: 'system',
    description:
      'Who is asked for TXT records, for DNSLinks and for proofs of organizations’ domains: addresses such as `192.0.2.53` or `[2001:db8::53]:5353`, one after another; `system` is those of the machine, `none` asks nobody.',
  }),
  IPNS_ROUTERS: optional({
    schema: originList,
    type: 'comma list',
    defaultText: 'none',
    description:
      'Delegated routers (`https://delegated-ipfs.example.org`) that the gateway asks for records of IPNS names that are not kept here. Each record is verified by its name.',
  }),
  GATEWAY_NAME_QUOTA: withDefault({
    schema: wholeNumber(0, 10_000_000),
    type: 'per minute',
    default: '120',
    description:
      'How many names that are not known here (DNSLinks, IPNS names) one client may have looked up in DNS, by `IPNS_ROUTERS` and in the DHT; 429 beyond. A client is an IPv4 address, or an IPv6 network of 64 bits; one of 48 bits has four times as many. Counted in Redis where there is one. Behind a proxy set `TRUSTED_PROXIES`. 0 turns the limit off.',
  }),
  GATEWAY_REDIRECTS_ELSEWHERE: withDefault({
    schema: oneOf('on', 'off').transform((word) => word === 'on'),
    type: 'word',
    default: 'off',
    description:
      'Whether the `_redirects` file of a site may lead visitors to other hosts. With `on` anybody whose content is served can have links of this gateway lead anywhere.',
  }),
  DENYLISTS: optional({
    schema: z
      .string()
      .regex(/^[^,\0]+(,[^,\0]+)*$/, 'must be paths of files, separated by commas')
      .transform((text): readonly string[] => text.split(',').map((one) => one.trim())),
    type: 'comma list',
    defaultText: 'none',
    description:
      'Files with what is not to be served, in the [compact denylist format](https://specs.ipfs.tech/compact-denylist-format/), in the order in which their rules apply. Read again within a second when they change.',
  }),
  DENYLIST_URLS: optional({
    schema: fileAddresses,
    type: 'comma list',
    defaultText: 'none',
    secret: true,
    description:
      'Addresses of denylists in the same format, 64 MiB at most each. They apply before those of `DENYLISTS`, in their order. The last good copy of each is kept in `DATA_DIR` and holds while its server gives none.',
  }),
  DENYLIST_INTERVAL: withDefault({
    schema: duration.refine((ms) => ms >= 10_000 && ms <= 24 * 86_400_000, 'must be from 10s to 24d'),
    type: 'duration',
    default: '10min',
    description: 'How often the lists of `DENYLIST_URLS` are asked for.',
  }),
  GATEWAY_MODE: withDefault({
    schema: oneOf('pinned', 'open'),
    type: 'word',
    default: 'pinned',
    description:
      'What the gateway serves: `pinned` (what this platform holds) or `open` (what it does not hold is fetched from the IPFS network as well, within the limits below). See docs/operations/open-gateway.md.',
  }),
  GATEWAY_FETCH_TIMEOUT: withDefault({
    schema: duration.refine((ms) => ms >= 1_000 && ms <= 25_000, 'must be from 1s to 25s'),
    type: 'duration',
    default: '20s',
    description:
      'In mode `open`: how long a request waits for its first byte before it is answered 504, and for each block from then on.',
  }),
  GATEWAY_FETCH_MAX_TIME: withDefault({
    schema: duration.refine((ms) => ms >= 1_000 && ms <= 86_400_000, 'must be from 1s to 1d'),
    type: 'duration',
    default: '10min',
    description: 'In mode `open`: how long one request may have something fetched in all.',
  }),
  GATEWAY_FETCH_MAX_BYTES: withDefault({
    schema: byteCount.refine((bytes) => bytes > 0, 'must be more than 0'),
    type: 'bytes',
    default: '4GiB',
    description: 'In mode `open`: how much one request may have fetched.',
  }),
  GATEWAY_FETCH_MAX_BLOCKS: withDefault({
    schema: wholeNumber(1, 10_000_000),
    type: 'number',
    default: '50000',
    description: 'In mode `open`: how many blocks one request may have fetched.',
  }),
  GATEWAY_FETCHES: withDefault({
    schema: wholeNumber(1, 1_000),
    type: 'number',
    default: '64',
    description: 'In mode `open`: how many requests may have something fetched at the same time.',
  }),
  GATEWAY_FETCHES_PER_CLIENT: withDefault({
    schema: wholeNumber(1, 1_000),
    type: 'number',
    default: '8',
    description:
      'The same for one client: an IPv4 address, or an IPv6 network of 64 bits; one of 48 bits has four times as many, and of the quotas below. Behind a proxy set `TRUSTED_PROXIES`.',
  }),
  GATEWAY_FETCH_QUOTA: withDefault({
    schema: wholeNumber(1, 10_000_000),
    type: 'per window',
    default: '600',
    description:
      'In mode `open`: how many requests of one client may have something fetched within `GATEWAY_FETCH_WINDOW`. A gateway of an organization may ten times as many, for all of its clients.',
  }),
  GATEWAY_FETCH_QUOTA_BYTES: withDefault({
    schema: byteCount.refine((bytes) => bytes > 0 && bytes < 2 ** 50, 'must be more than 0 and less than 1PiB'),
    type: 'bytes per window',
    default: '8GiB',
    description: 'The same of bytes.',
  }),
  GATEWAY_FETCH_WINDOW: withDefault({
    schema: duration.refine((ms) => ms >= 1_000 && ms <= 86_400_000, 'must be from 1s to 1d'),
    type: 'duration',
    default: '1h',
    description: 'What the quotas of fetching are counted in. Counted in Redis where there is one.',
  }),
  GATEWAY_FETCH_CACHE_BYTES: withDefault({
    schema: byteCount,
    type: 'bytes',
    default: '4GiB',
    description:
      'In mode `open`: how much of what was fetched is kept in `DATA_DIR`. What was fetched first goes first. It never has more of the disk than is free besides above `MIN_FREE_BYTES`; pins never wait for it. 0 keeps nothing.',
  }),
  GATEWAY_CACHE_BYTES: withDefault({
    schema: byteCount,
    type: 'bytes',
    default: '1GiB',
    description:
      'What the gateway may serve without a pin: blocks of CARs that `npm run gateway:import-car` brought. The oldest CARs go for newer ones, and all of them when the disk has less than `MIN_FREE_BYTES`.',
  }),
  CDN_CACHES: optional({
    schema: cdnCacheList,
    type: 'JSON list',
    defaultText: 'none',
    description:
      'Shared caches in front of the gateway (docs/operations/cdn.md): `[{"kind":"varnish","url":"http://127.0.0.1:6081","token":"…"}]`, `[{"kind":"cloudflare","zone":"…","token":"…"}]`. Answers then have tags, and what is withdrawn is purged. `name` is by default the address, or the zone. Set it alike for all processes.',
    secret: true,
  }),
  GATEWAY_WORKERS: optional({
    schema: wholeNumber(1, 64),
    type: 'number',
    defaultText: 'cores, at most 4',
    description: 'Processes that serve the gateway.',
  }),
  GATEWAY_ACCESS_LOG: optional({
    schema: z.string().min(1),
    type: 'file',
    defaultText: 'none',
    description:
      'A file that gets a line for each answer of the gateway, in the format `vhost_combined` of Apache, without tokens, links and what else of a query is unknown. One that the gateway makes is readable for its owner alone, and it may be moved away at any time (docs/operations/access-log.md).',
  }),
  GATEWAY_SENDFILE: withDefault({
    schema: oneOf('on', 'off').transform((word) => word === 'on'),
    type: 'word',
    default: 'on',
    description:
      'Whether Linux sends content that was verified a moment ago straight from the files of the store (sendfile(2)), which costs up to half as much. With `off`, and where that cannot be had (other systems, TLS), content is read and written.',
  }),
  UPLOAD_MAX_BYTES: withDefault({
    schema: byteCount.refine((bytes) => bytes > 0, 'must be more than 0'),
    type: 'bytes',
    default: '5TiB',
    description: 'The largest file that is accepted.',
  }),
  UPLOAD_EXPIRES: withDefault({
    schema: duration.refine((ms) => ms > 0, 'must be more than 0'),
    type: 'time',
    default: '7d',
    description: 'How long an unfinished resumable upload is kept after its last activity.',
  }),
  MIN_FREE_BYTES: withDefault({
    schema: byteCount,
    type: 'bytes',
    default: '512MiB',
    description: "Uploads are refused while `DATA_DIR`'s disk has less free space than this. 0 turns the check off.",
  }),
  COMPACT_BYTES_PER_SECOND: withDefault({
    schema: byteCount,
    type: 'bytes',
    default: '64MiB',
    description:
      'How fast segments that are mostly deleted are rewritten to give their space back, reading and writing together. 0 turns it off.',
  }),
  COMPACT_EVERY: withDefault({
    // Timers carry 24 days.
    schema: duration.refine((ms) => ms >= 1_000 && ms <= 24 * 86_400_000, 'must be from 1s to 24d'),
    type: 'time',
    default: '10min',
    description: 'How long after one such pass the next one begins: `30s`, `10min`, `6h`, `7d`.',
  }),
  SCRUB_BYTES_PER_SECOND: withDefault({
    schema: byteCount,
    type: 'bytes',
    default: '10MiB',
    description: 'How fast stored blocks are read again and hashed in the background. 0 turns it off.',
  }),
  SCRUB_EVERY: withDefault({
    schema: duration.refine((ms) => ms >= 1_000, 'must be 1s or more'),
    type: 'time',
    default: '7d',
    description: 'How long after one such pass over the whole store the next one begins: `30s`, `10min`, `6h`, `7d`.',
  }),
  HEAL_GATEWAYS: optional({
    schema: originList,
    type: 'comma list',
    defaultText: 'none',
    description:
      'Trustless gateways (`https://gateway.example.org`) that are asked for blocks which the disk has damaged. Only content that the gateway serves to everybody is asked for; each answer is hashed.',
  }),
  AUDIT_RETENTION: withDefault({
    schema: duration.refine((ms) => ms >= 86_400_000, 'must be 1d or more'),
    type: 'time',
    default: '400d',
    description: 'How long rows of the audit log are kept. What is older is deleted; the rest still verifies.',
  }),
  BACKUP_RETENTION: optional({
    schema: duration,
    type: 'time',
    defaultText: 'receipts say that it is not known',
    description:
      'How long you keep backups of the database and of `DATA_DIR`. Told on receipts of erasures, and nothing else: nothing here deletes backups. `0d`: there are none.',
  }),
  RECEIPT_RETENTION: withDefault({
    schema: duration.refine((ms) => ms >= 86_400_000, 'must be 1d or more'),
    type: 'time',
    default: '1095d',
    description: 'How long receipts of erasures are kept. They name nobody.',
  }),
  CORS_ORIGINS: optional({
    schema: originsOrAll,
    type: 'comma list',
    defaultText: 'none',
    description:
      'Origins (`https://app.example.org`) whose pages may call the API with a key or token; `*` is every one. Cookies never go with such calls. The gateway’s public content may be read from everywhere, whatever stands here.',
  }),
  TRUSTED_PROXIES: optional({
    schema: networkList,
    type: 'comma list',
    defaultText: 'none',
    description:
      'Addresses and networks (`10.0.0.0/8`) of proxies whose `X-Forwarded-For` is believed; by the gateway their `X-Forwarded-Host` and `X-Forwarded-Proto` too.',
  }),
  RATE_LIMIT_LOGIN: withDefault({
    schema: wholeNumber(0, 1_000_000),
    type: 'per minute',
    default: '30',
    description: 'Tries to log in, refresh or set up, per address. 0 turns the limit off.',
  }),
  RATE_LIMIT_ANONYMOUS: withDefault({
    schema: wholeNumber(0, 100_000_000),
    type: 'per minute',
    default: '3000',
    description: 'What requests without valid credentials may cost, per address. 0 turns the limit off.',
  }),
  RATE_LIMIT_CREDENTIAL: withDefault({
    schema: wholeNumber(0, 100_000_000),
    type: 'per minute',
    default: '3000000',
    description:
      'What requests of one API key or session may cost: a read 1, a list 2, a change, an upload or a download 5, what takes much work 25. 0 turns the limit off.',
  }),
  RATE_LIMIT_USER: withDefault({
    schema: wholeNumber(0, 100_000_000),
    type: 'per minute',
    default: '6000000',
    description: 'The same for one user, all keys and sessions together. 0 turns the limit off.',
  }),
  RATE_LIMIT_ADDRESS: withDefault({
    schema: wholeNumber(0, 100_000_000),
    type: 'per minute',
    default: '0',
    description:
      'The same for one address, whosever the credentials are. Off (0) unless set: a whole office may come from one address.',
  }),
  NODE_ENV: optional({
    schema: z.string(),
    type: 'word',
    description:
      '`production` turns on production mode: TLS to PostgreSQL, Redis and the mail server, except on this machine.',
  }),
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof SETTINGS

/** The table's values, read: null where an optional setting is not set. */
export type SettingValues = {
  [N in SettingName]:
    | z.output<(typeof SETTINGS)[N]['schema']>
    | ((typeof SETTINGS)[N]['default'] extends null ? null : never)
}
