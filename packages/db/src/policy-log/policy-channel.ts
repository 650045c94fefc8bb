/** What is notified when entries were added to the policy log. */
export const POLICY_CHANNEL = 'holdfast_policy'
