import type { components } from './schema.js';
export type TokenPair = components['schemas']['TokenPair'];
export type CredentialsOptions = {
    baseUrl: string;
    fetch: (request: Request) => Promise<Response>;
    apiKey?: string | undefined;
    tokens?: TokenPair | undefined;
    /** Told each new pair, for it replaces the one before: keep it if the session shall outlive this client. */
    onTokens?: ((tokens: TokenPair | undefined) => void) | undefined;
};
/** Knows what to send as `Authorization`, and trades the refresh token in time; one trade at once. */
export declare class Credentials {
    #private;
    constructor(options: CredentialsOptions);
    /** Acts with these tokens from now on; undefined signs out here (not on the server). */
    set(tokens: TokenPair | undefined): void;
    /** The header's value; undefined when there is nothing (a browser then sends its cookie). */
    authorization(): Promise<string | undefined>;
}
