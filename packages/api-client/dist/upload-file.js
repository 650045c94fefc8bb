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
/** What of an upload is said beside its form. */
export const uploadParams = ({ idempotencyKey, visibility }) => ({
    ...(idempotencyKey === undefined ? {} : { header: { 'Idempotency-Key': idempotencyKey } }),
    ...(visibility === undefined ? {} : { query: { visibility } }),
});
/** @throws ApiProblem */
export const uploadFile = async (client, input) => {
    const { signal } = input;
    const { data, response } = await client.POST('/api/v1/files/upload', {
        params: uploadParams(input),
        body: { file: input.file },
        bodySerializer: () => uploadForm(input),
        ...(signal === undefined ? {} : { signal }),
    });
    if (data === undefined)
        throw new ApiProblem(response, undefined);
    return data;
};
