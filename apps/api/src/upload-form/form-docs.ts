const PARAMETER_NOTE = 'Must come before the first `file`.'

const PROPERTIES = {
  name: {
    type: 'string',
    description: 'The name to store, 1 to 255 bytes of UTF-8 without path separators and control characters.',
  },
  metadata: { type: 'string', description: 'A JSON object of at most 16 KiB and depth 8.' },
  wrap: {
    type: 'string',
    enum: ['true', 'false'],
    default: 'false',
    description: 'Puts a directory around the file or folder; its CID is the root then.',
  },
  profile: {
    type: 'string',
    enum: ['unixfs-v1-2025', 'unixfs-v0-2015'],
    default: 'unixfs-v1-2025',
    description: `How files are cut into blocks and folders laid out (IPIP-499); decides the CID. ${PARAMETER_NOTE}`,
  },
  chunker: {
    type: 'string',
    description: `As in \`ipfs add --chunker\`: \`size-<bytes>\`, \`rabin-<min>-<average>-<max>\` or \`buzhash\`. ${PARAMETER_NOTE}`,
  },
  maxLinks: { type: 'integer', description: `Children per node of a file. ${PARAMETER_NOTE}` },
  hamtThreshold: {
    type: 'integer',
    description: `A directory of more bytes than this is sharded; 0: none is. ${PARAMETER_NOTE}`,
  },
  hamtFanout: { type: 'integer', description: `Children per node of a sharded directory. ${PARAMETER_NOTE}` },
  cidVersion: { type: 'integer', enum: [0, 1], description: PARAMETER_NOTE },
  rawLeaves: { type: 'string', enum: ['true', 'false'], description: PARAMETER_NOTE },
}

/** OpenAPI's words for the form of an upload: no zod schema describes a multipart body. */
export const formRequestBody = {
  required: true,
  content: {
    'multipart/form-data': {
      schema: {
        type: 'object',
        required: ['file'],
        additionalProperties: false,
        properties: {
          file: {
            type: 'string',
            format: 'binary',
            description:
              `The file, with its filename and type. Sent several times, or with a path as its filename, it is a
folder; see the guide "Folders".`.replace('\n', ' '),
          },
          ...PROPERTIES,
        },
      },
      encoding: { metadata: { contentType: 'application/json' } },
    },
  },
}
