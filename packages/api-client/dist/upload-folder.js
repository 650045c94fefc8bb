import { ApiProblem } from "./api-problem.js";
import { uploadParams } from "./upload-file.js";
const DIRECTORY_TYPE = 'application/x-directory';
/** The multipart form of a folder: the paths are the filenames. */
export const folderForm = (input) => {
    const form = new FormData();
    if (input.name !== undefined)
        form.set('name', input.name);
    if (input.metadata !== undefined)
        form.set('metadata', JSON.stringify(input.metadata));
    if (input.profile !== undefined)
        form.set('profile', input.profile);
    if (input.wrap !== undefined)
        form.set('wrap', String(input.wrap));
    const directory = new Blob([], { type: DIRECTORY_TYPE });
    for (const path of input.directories ?? [])
        form.append('file', directory, path);
    for (const { path, file } of input.files)
        form.append('file', file, path);
    return form;
};
/** @throws ApiProblem */
export const uploadFolder = async (client, input) => {
    const { signal } = input;
    const { data, response } = await client.POST('/api/v1/files/upload', {
        params: uploadParams(input),
        body: { file: new Blob() },
        bodySerializer: () => folderForm(input),
        ...(signal === undefined ? {} : { signal }),
    });
    if (data === undefined)
        throw new ApiProblem(response, undefined);
    return data;
};
