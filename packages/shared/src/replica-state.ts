/** What is known of a content's copy on one node. `pinned` alone counts: it needs the node's own word after the write. */
export type ReplicaStatus = 'assigned' | 'pinning' | 'pinned' | 'unreachable' | 'lost' | 'releasing' | 'error'

/** What happens to a copy. */
export type ReplicaEvent =
  /** A try begins. */
  | 'try'
  /** The node says that it has the whole DAG pinned. */
  | 'confirmed'
  /** The node says that it has not. */
  | 'absent'
  /** A try failed, or the node could not be asked about it. */
  | 'failed'
  /** The node has been silent for too long. */
  | 'node-silent'
  /** Nobody needs the copy there any more. */
  | 'release'
  /** It was to go while its content lives, and is needed all the same. */
  | 'recalled'

/**
 * The next state, or the same one where the event says nothing new; `gone` is the end of the row. What is being released
 * stays so until the node says that it is absent: no late word of a try brings it back.
 */
export const nextReplicaStatus = (status: ReplicaStatus, event: ReplicaEvent): ReplicaStatus | 'gone' => {
  if (status === 'releasing') return event === 'absent' ? 'gone' : event === 'recalled' ? 'assigned' : 'releasing'
  switch (event) {
    case 'recalled':
      return status
    case 'release':
      return 'releasing'
    case 'confirmed':
      return 'pinned'
    case 'try':
      // A copy that counts is not put in doubt by being looked at again.
      return status === 'pinned' || status === 'unreachable' ? status : 'pinning'
    case 'absent':
      return status === 'pinned' || status === 'unreachable' ? 'lost' : status
    case 'failed':
      // Not being able to ask is no loss.
      return status === 'pinned' || status === 'unreachable' ? status : 'error'
    case 'node-silent':
      return status === 'pinned' ? 'unreachable' : status
  }
}
