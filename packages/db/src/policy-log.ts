/** The policy log as its readers use it (architecture, hard cases 10 and 11); written only by `uow.policy(entry)`. */
export { acknowledgePolicy, endGatewaySession, waitForGateways } from './policy-log/gateway-sessions.ts'
export { comparePositions } from './policy-log/log-position.ts'
export { currentPolicyPosition, lastPolicyPosition } from './policy-log/read-policy-log.ts'
export { type PolicyTail, tailPolicyLog } from './policy-log/tail-policy-log.ts'
