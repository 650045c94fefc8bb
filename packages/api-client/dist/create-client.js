import createFetchClient, {} from 'openapi-fetch';
import { ApiProblem, readProblem } from "./api-problem.js";
import { Credentials } from "./credentials.js";
import { uploadFile } from "./upload-file.js";
import { uploadFolder } from "./upload-folder.js";
/** The password was right. Finish by `POST /api/v1/auth/mfa` with the token, within five minutes. */
export class SecondFactorRequired extends Error {
    name = 'SecondFactorRequired';
    mfaToken;
    constructor(mfaToken) {
        super('This account asks for a second factor.');
        this.mfaToken = mfaToken;
    }
}
/** The page's origin, in a browser. */
const ownOrigin = () => {
    const { location } = globalThis;
    if (location === undefined)
        throw new TypeError('createClient needs a baseUrl outside of a browser');
    return location.origin;
};
const WITHOUT_CREDENTIALS = new Set(['/api/v1/auth/login', '/api/v1/auth/mfa', '/api/v1/setup']);
/**
 * A client of the Holdfast API, typed by its OpenAPI document: `client.GET('/api/v1/files')`. Works in browsers and in
 * Node. Every answer other than 2xx is thrown as an `ApiProblem`.
 */
export const createClient = (options = {}) => {
    const { baseUrl = ownOrigin(), fetch = (request) => globalThis.fetch(request) } = options;
    const { apiKey, tokens, onTokens, organizationId } = options;
    const credentials = new Credentials({ baseUrl, fetch, apiKey, tokens, onTokens });
    const client = createFetchClient({ baseUrl, fetch });
    client.use({
        async onRequest({ request, schemaPath }) {
            // Signing in needs no credentials, and must work when the old ones are no good any more.
            if (WITHOUT_CREDENTIALS.has(schemaPath))
                return;
            const authorization = await credentials.authorization();
            if (authorization !== undefined)
                request.headers.set('authorization', authorization);
            if (organizationId !== undefined)
                request.headers.set('holdfast-org', organizationId);
        },
        async onResponse({ response }) {
            if (!response.ok)
                throw new ApiProblem(response, await readProblem(response));
        },
    });
    return Object.assign(client, {
        logIn: async (account, secondFactor) => {
            const pair = await tokensOf(client, await dataOf(client.POST('/api/v1/auth/login', { body: account })), secondFactor);
            credentials.set(pair);
            return pair;
        },
        logOut: async () => {
            await client.POST('/api/v1/auth/logout');
            credentials.set(undefined);
        },
        uploadFile: (input) => uploadFile(client, input),
        uploadFolder: (input) => uploadFolder(client, input),
    });
};
const tokensOf = async (client, answer, secondFactor) => {
    if (!('mfaToken' in answer))
        return answer;
    const { mfaToken } = answer;
    if (secondFactor === undefined)
        throw new SecondFactorRequired(mfaToken);
    return dataOf(client.POST('/api/v1/auth/mfa', { body: { mfaToken, ...(await secondFactor()) } }));
};
/** The body of an answer: `await dataOf(client.GET('/api/v1/files'))`. @throws ApiProblem */
export const dataOf = async (answer) => {
    const { data, response } = await answer;
    if (data === undefined)
        throw new ApiProblem(response, undefined);
    return data;
};
