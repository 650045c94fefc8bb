import { ApiProblem } from '@packages/api-client/api-problem'
import { explain } from '../api/explain'

/** An error in words, with the request's id for whoever looks into the log. `onRetry` adds a button. */
export const ProblemNotice = ({ error, onRetry }: { error: unknown; onRetry?: () => void }) => (
  <div className="notice" role="alert">
    <p>{explain(error)}</p>
    {error instanceof ApiProblem && error.requestId !== undefined && error.status >= 500 ? (
      <p className="hint">Request {error.requestId}</p>
    ) : null}
    {onRetry === undefined ? null : (
      <button type="button" className="button quiet" onClick={onRetry}>
        Try again
      </button>
    )}
  </div>
)
