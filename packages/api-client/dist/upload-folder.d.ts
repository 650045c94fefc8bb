import type { Client } from 'openapi-fetch';
import type { paths } from './schema.js';
import { type UploadedFile, type UploadInput } from './upload-file.js';
export type FolderInput = Omit<UploadInput, 'file'> & {
    /** Paths are relative and separated by `/`, such as `photos/2024/a.jpg`; a browser's `webkitRelativePath` is one. */
    files: Iterable<{
        path: string;
        file: Blob;
    }>;
    /** Paths of directories that may be empty. */
    directories?: Iterable<string>;
    /** Puts a directory around the folder. */
    wrap?: boolean;
};
/** The multipart form of a folder: the paths are the filenames. */
export declare const folderForm: (input: FolderInput) => FormData;
/** @throws ApiProblem */
export declare const uploadFolder: (client: Client<paths>, input: FolderInput) => Promise<UploadedFile>;
