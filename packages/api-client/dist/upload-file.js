import { ApiProblem } from "./api-problem.js";
const nameOf = ({ file, name }) => name ?? ('name' in file && typeof file.name === 'string' ? file.name : 'file');
/** The multipart form of an upload. The file comes last: the server knows the rest before it streams. */
export const uploadForm = (input) => {
    const form = new FormData();
    if (input.name !== undefined)
        form.set('name', input.name);
    if (input.metadata !== undefined)
        form.set('metadata', JSON.stringify(input.metadata));
    if (input.profile !== undefined)
        form.set('profile', input.profile);
    form.set('file', input.file, nameOf(input));
    return form;
};
/** @throws ApiProblem */
export const uploadFile = async (client, input) => {
    const { idempotencyKey, signal } = input;
    const { data, response } = await client.POST('/api/v1/files/upload', {
        params: idempotencyKey === undefined ? {} : { header: { 'Idempotency-Key': idempotencyKey } },
        body: { file: input.file },
        bodySerializer: () => uploadForm(input),
        ...(signal === undefined ? {} : { signal }),
    });
    if (data === undefined)
        throw new ApiProblem(response, undefined);
    return data;
};
