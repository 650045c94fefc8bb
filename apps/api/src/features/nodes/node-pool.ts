import type { KuboPool } from '@services/ipfs-manager/kubo/kubo-pool'

/** The nodes that the platform works with, as operators change them while it runs. */
export type NodePool = Pick<KuboPool, 'problemsOf' | 'look' | 'add' | 'drop'>
