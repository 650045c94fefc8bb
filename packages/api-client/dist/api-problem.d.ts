import type { components } from './schema.js';
/** RFC 9457 problem details as the API answers them. */
export type Problem = components['schemas']['Problem'];
/** An answer other than 2xx. `code` is stable; look at it, never at `message`. */
export declare class ApiProblem extends Error {
    readonly name = "ApiProblem";
    readonly status: number;
    /** One of the API's codes, or `unknown` when something between answered (a proxy). */
    readonly code: Problem['code'] | 'unknown';
    readonly requestId: string | undefined;
    readonly fields: {
        path: string;
        message: string;
    }[];
    /** Seconds to wait, when the answer says so. */
    readonly retryAfter: number | undefined;
    readonly problem: Problem | undefined;
    constructor(response: Pick<Response, 'status' | 'headers'>, problem: Problem | undefined);
}
/** Reads an answer's problem; undefined when it has none. */
export declare const readProblem: (response: Response) => Promise<Problem | undefined>;
