/**
 * Networks that no call for a user may reach: everything that IANA's special-purpose registries (RFC 6890 and what
 * followed) do not call globally reachable, what only carries other addresses, and metadata services.
 */
export const REFUSED_IPV4: readonly (readonly [network: string, what: string])[] = [
  ['0.0.0.0/8', 'this network'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'carrier-grade NAT, metadata of some clouds'],
  ['127.0.0.0/8', 'loopback'],
  ['168.63.129.16/32', 'metadata of a cloud, on a public address'],
  ['169.254.0.0/16', 'link-local, metadata of most clouds'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'IETF protocol assignments'],
  ['192.0.2.0/24', 'documentation'],
  ['192.31.196.0/24', 'AS112'],
  ['192.52.193.0/24', 'AMT'],
  ['192.88.99.0/24', '6to4 relays'],
  ['192.168.0.0/16', 'private'],
  ['192.175.48.0/24', 'AS112'],
  ['198.18.0.0/15', 'benchmarks'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved, broadcast'],
]

/**
 * Within 2000::/3. All of IPv6 outside of it is refused as a whole: it is loopback, unique local (fc00::/7), link-local,
 * site-local (fec0::/10), multicast, mapped and compatible IPv4 (::/96, ::ffff:0:0/96), NAT64 (64:ff9b::/96,
 * 64:ff9b:1::/48), discard-only (100::/64), segment routing (5f00::/16), or not assigned.
 */
export const REFUSED_IPV6: readonly (readonly [network: string, what: string])[] = [
  ['2001::/23', 'IETF protocol assignments: Teredo, benchmarks, ORCHID'],
  ['2001:db8::/32', 'documentation'],
  ['2002::/16', '6to4'],
  ['2620:4f:8000::/48', 'AS112'],
  ['3ffe::/16', '6bone'],
  ['3fff::/20', 'documentation'],
]
