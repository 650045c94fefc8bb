/** An answer other than 2xx. `code` is stable; look at it, never at `message`. */
export class ApiProblem extends Error {
    name = 'ApiProblem';
    status;
    /** One of the API's codes, or `unknown` when something between answered (a proxy). */
    code;
    requestId;
    fields;
    /** Seconds to wait, when the answer says so. */
    retryAfter;
    problem;
    constructor(response, problem) {
        super(problem === undefined ? `The answer has the status ${response.status}.` : sentence(problem));
        this.status = response.status;
        this.code = problem?.code ?? 'unknown';
        this.requestId = problem?.requestId ?? response.headers.get('request-id') ?? undefined;
        this.fields = problem?.errors ?? [];
        const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
        this.retryAfter = Number.isFinite(seconds) ? seconds : undefined;
        this.problem = problem;
    }
}
const sentence = ({ title, detail }) => (detail === undefined ? title : `${title}. ${detail}`);
/** Reads an answer's problem; undefined when it has none. */
export const readProblem = async (response) => {
    if (!response.headers.get('content-type')?.startsWith('application/problem+json'))
        return undefined;
    return (await response.json().catch(() => undefined));
};
