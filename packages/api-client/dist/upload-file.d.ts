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
    /** Makes it safe to send the same upload again. */
    idempotencyKey?: string;
    signal?: AbortSignal;
};
export type UploadedFile = operations['uploadFile']['responses'][201]['content']['application/json'];
/** The multipart form of an upload. The file comes last: the server knows the rest before it streams. */
export declare const uploadForm: (input: UploadInput) => FormData;
/** @throws ApiProblem */
export declare const uploadFile: (client: Client<paths>, input: UploadInput) => Promise<UploadedFile>;
