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
    /** Signs in; this client acts as that user from now on. */
    logIn(account: {
        email: string;
        password: string;
    }): Promise<TokenPair>;
    /** Ends the session, here and on the server. */
    logOut(): Promise<void>;
    /** Streams a Blob or File up. */
    uploadFile(input: UploadInput): Promise<UploadedFile>;
    /** Streams many up as one folder. */
    uploadFolder(input: FolderInput): Promise<UploadedFile>;
};
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
