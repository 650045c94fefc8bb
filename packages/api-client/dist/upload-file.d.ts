import type { Client } from 'openapi-fetch';
import type { operations, paths } from './schema.js';
export type UploadInput = {
    /** Sent piece by piece from where it lies: a File of an `<input>`, or `await fs.openAsBlob(path)` in Node. */
    file: Blob;
    /** By default the File's own name, otherwise `file`. */
    name?: string;
    /** Kept with the file; a JSON object. */
    metadata?: Record<string, unknown>;
    profile?: 'unixfs-v1-2025' | 'unixfs-v0-2015';
    /** Who may read it; as the organization says by default. `public` is final: what was public once may have been copied. */
    visibility?: 'public' | 'private';
    /** Makes it safe to send the same upload again. */
    idempotencyKey?: string;
    signal?: AbortSignal;
};
export type UploadedFile = operations['uploadFile']['responses'][201]['content']['application/json'];
/** The multipart form of an upload. The file comes last: the server knows the rest before it streams. */
export declare const uploadForm: (input: UploadInput) => FormData;
/** What of an upload is said beside its form. */
export declare const uploadParams: ({ idempotencyKey, visibility }: Pick<UploadInput, "idempotencyKey" | "visibility">) => {
    query?: {
        visibility: "public" | "private";
    } | undefined;
    header?: {
        'Idempotency-Key': string;
    } | undefined;
};
/** @throws ApiProblem */
export declare const uploadFile: (client: Client<paths>, input: UploadInput) => Promise<UploadedFile>;
