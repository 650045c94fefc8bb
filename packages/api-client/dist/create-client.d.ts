import { type Client } from 'openapi-fetch';
import { type TokenPair } from './credentials.js';
import type { paths } from './schema.js';
import { type UploadedFile, type UploadInput } from './upload-file.js';
import { type FolderInput } from './upload-folder.js';
export type ApiClientOptions = {
    /** The API's origin, such as `http://127.0.0.1:3000`; in a browser the page's own by default. */
    baseUrl?: string;
    apiKey?: string;
    /** From an earlier `logIn`. */
    tokens?: TokenPair;
    /** Told each new pair of tokens, and undefined when the session has ended. */
    onTokens?: (tokens: TokenPair | undefined) => void;
    /** Acts in this organization; by default in the key's, or the user's first. */
    organizationId?: string;
    fetch?: (request: Request) => Promise<Response>;
};
export type ApiClient = Client<paths> & {
    /**
     * Signs in; this client acts as that user from now on. `secondFactor` is asked for a code where the account has one.
     * @throws SecondFactorRequired where it is needed and was not given
     */
    logIn(account: Account, secondFactor?: SecondFactor): Promise<TokenPair>;
    /** Ends the session, here and on the server. */
    logOut(): Promise<void>;
    /** Streams a Blob or File up. */
    uploadFile(input: UploadInput): Promise<UploadedFile>;
    /** Streams many up as one folder. */
    uploadFolder(input: FolderInput): Promise<UploadedFile>;
};
type Account = {
    email: string;
    password: string;
};
/** A code of the authenticator app, or one of the recovery codes; each works once. */
type SecondFactor = () => Promise<{
    code: string;
} | {
    recoveryCode: string;
}>;
/** The password was right. Finish by `POST /api/v1/auth/mfa` with the token, within five minutes. */
export declare class SecondFactorRequired extends Error {
    readonly name = "SecondFactorRequired";
    readonly mfaToken: string;
    constructor(mfaToken: string);
}
/**
 * A client of the Holdfast API, typed by its OpenAPI document: `client.GET('/api/v1/files')`. Works in browsers and in
 * Node. Every answer other than 2xx is thrown as an `ApiProblem`.
 */
export declare const createClient: (options?: ApiClientOptions) => ApiClient;
/** The body of an answer: `await dataOf(client.GET('/api/v1/files'))`. @throws ApiProblem */
export declare const dataOf: <Data>(answer: Promise<{
    data?: Data;
    response: Response;
}>) => Promise<Data>;
export {};
