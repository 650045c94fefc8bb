/**
 * Addresses of the nodes that are to fetch what is pinned, 1 to 20, each ending in /p2p/: clients connect to them, so that content comes straight
 * from its owner. Today the platform's own node (ADR 0127); public Kubo nodes will come here.
 */
export type Delegates = () => readonly string[]
