// Generated from docs/api/openapi.yaml by `npm run api-client`. Do not edit.
export interface paths {
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Has the platform been set up, and where is its gateway */
        get: operations["getSetup"];
        put?: never;
        /** Make the first administrator */
        post: operations["setUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with e-mail address and password */
        post: operations["logIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Trade a refresh token for new tokens
         * @description Each refresh token works once. Sending one again ends the session, for it may have been stolen.
         */
        post: operations["refreshTokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End this session
         * @description Its access tokens, refresh tokens and cookie stop working at once.
         */
        post: operations["logOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who am I, and what may I do */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a user with an own organization
         * @description For operators of the platform, signed in; API keys cannot.
         */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List API keys, newest first */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Make an API key
         * @description The answer is the only place where the key is shown.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description It stops working at once.
         */
        delete: operations["revokeApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List files, newest first
         * @description Pages stay true while files come in: new ones are before the first page, never between two pages.
         */
        get: operations["listFiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{hash}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Files of a CID, or the one of an id */
        get: operations["getFiles"];
        put?: never;
        post?: never;
        /**
         * Delete all files of a CID, or the one of an id
         * @description Their pins go with them. Content that nobody else pins is gone from the store and the gateways.
         */
        delete: operations["deleteFiles"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List pins, newest first */
        get: operations["listPins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pins/{hash}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pin a CID
         * @description What is held here, also as a part of something else, is pinned at once. Anything else stays `queued`, with the reason.
         */
        post: operations["createPin"];
        /**
         * Delete all pins of a CID, or the one of a requestid
         * @description Refused while a file hangs on one of them: deleting the file deletes its pin.
         */
        delete: operations["deletePins"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pins/{hash}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Pins of a CID, or the one of a requestid, with every node’s word */
        get: operations["getPinStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Is the process alive */
        get: operations["healthLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Should requests be sent here */
        get: operations["healthReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ipfs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The content store */
        get: operations["healthIpfs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/db": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The database */
        get: operations["healthDb"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/cache": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The shared cache */
        get: operations["healthCache"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/cluster": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The IPFS Cluster */
        get: operations["healthCluster"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a file or a folder
         * @description Streams files in and pins them under one root. Answered once every block is on the disk and the rows are
         *     committed.
         *
         *     One part `file` is a file. Several of them, or one whose filename is a path (`photos/a.jpg`), are a folder: its paths are
         *     the filenames, in any order; a part of the type `application/x-directory` is a directory, also an empty one. A top folder
         *     that all paths share is the root, as in `ipfs add -r`; otherwise the root is a directory over all.
         *
         *     Fields come in any order, but import parameters before the first `file`. Without a field `name`, the name is that of the
         *     file or the top folder. A repeat with the same `Idempotency-Key` and the same bytes, name, type and metadata
         *     gets the first answer.
         */
        post: operations["uploadFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        SetupState: {
            completed: boolean;
            /** @description Files are read at `{gatewayUrl}/ipfs/{cid}`. */
            gatewayUrl: string | null;
        };
        /** @description A user with the organization that was made for them. */
        Account: {
            id: string;
            email: string;
            name: string;
            /** @enum {string} */
            platformRole: "user" | "operator";
            /** Format: date-time */
            createdAt: string;
            organization: {
                id: string;
                name: string;
                slug: string;
            };
        };
        TokenPair: {
            /** @description JWT; send it as `Authorization: Bearer …`. */
            accessToken: string;
            /** @description Good for one call of `POST /auth/refresh`. */
            refreshToken: string;
            /** @constant */
            tokenType: "Bearer";
            /**
             * @description Seconds until the access token expires.
             * @example 900
             */
            expiresIn: number;
        };
        Me: {
            user: {
                id: string;
                email: string;
                name: string;
                /** @enum {string} */
                platformRole: "user" | "operator";
            };
            /** @enum {string} */
            credential: "session" | "api-key";
            /** @description The organization that this request acts in. */
            organizationId: string;
            /** @enum {string} */
            role: "owner" | "admin" | "member";
            scopes: ("files:read" | "files:write" | "pins:read" | "pins:write")[];
            organizations: {
                id: string;
                name: string;
                slug: string;
                /** @enum {string} */
                role: "owner" | "admin" | "member";
            }[];
        };
        NewApiKey: {
            id: string;
            name: string;
            /** @description The key's first characters, to tell it from others. */
            prefix: string;
            scopes: ("files:read" | "files:write" | "pins:read" | "pins:write")[];
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            /** @description Written every few seconds. */
            lastUsedAt: string | null;
            uses: number;
            key: string;
        };
        ApiKeyPage: {
            apiKeys: components["schemas"]["ApiKey"][];
            nextCursor: string | null;
        };
        ApiKey: {
            id: string;
            name: string;
            /** @description The key's first characters, to tell it from others. */
            prefix: string;
            scopes: ("files:read" | "files:write" | "pins:read" | "pins:write")[];
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            /** @description Written every few seconds. */
            lastUsedAt: string | null;
            uses: number;
        };
        FileList: {
            /** @description The newest first. */
            files: components["schemas"]["ListedFile"][];
            /** @description Null on the last page. */
            nextCursor: string | null;
        };
        ListedFile: {
            /** @description UUIDv7; the newest sorts last. */
            id: string;
            /** @description As the import profile gives it: v1 by default. */
            cid: string;
            name: string;
            /**
             * @description `directory`: a UnixFS directory; `dag`: anything else that came in a CAR.
             * @enum {string}
             */
            kind: "file" | "directory" | "dag";
            /** @description Bytes of the file; of a directory those of all its files. */
            size: number;
            contentType: string;
            /** @description RFC 3339, UTC. */
            createdAt: string;
            metadata: {
                [key: string]: unknown;
            };
            pin: components["schemas"]["FilePin"];
        };
        FilePin: {
            requestid: string;
            /** @enum {string} */
            status: "queued" | "pinning" | "pinned" | "degraded" | "failed";
        };
        DeletedFiles: {
            /** @description How many rows were deleted. */
            deleted: number;
        };
        PinList: {
            /** @description The newest first. */
            pins: components["schemas"]["Pin"][];
            /** @description Null on the last page. */
            nextCursor: string | null;
        };
        Pin: {
            /** @description UUIDv7; the newest sorts last. */
            requestid: string;
            /** @description As it was given. */
            cid: string;
            name: string | null;
            /** @enum {string} */
            status: "queued" | "pinning" | "pinned" | "degraded" | "failed";
            /** @description RFC 3339, UTC. */
            createdAt: string;
            /** @description When the minimum of copies was first confirmed. */
            pinnedAt: string | null;
            meta: {
                [key: string]: unknown;
            };
            /** @description `reason`: why it is not pinned. */
            info: {
                [key: string]: unknown;
            };
        };
        PinStatusList: {
            pins: components["schemas"]["PinWithNodes"][];
            nextCursor: string | null;
        };
        PinWithNodes: {
            /** @description UUIDv7; the newest sorts last. */
            requestid: string;
            /** @description As it was given. */
            cid: string;
            name: string | null;
            /** @enum {string} */
            status: "queued" | "pinning" | "pinned" | "degraded" | "failed";
            /** @description RFC 3339, UTC. */
            createdAt: string;
            /** @description When the minimum of copies was first confirmed. */
            pinnedAt: string | null;
            meta: {
                [key: string]: unknown;
            };
            /** @description `reason`: why it is not pinned. */
            info: {
                [key: string]: unknown;
            };
            replication: {
                min: number;
                max: number;
                /** @description Copies that nodes have confirmed. */
                confirmed: number;
            };
            nodes: components["schemas"]["PinNode"][];
        };
        PinNode: {
            node: string;
            /** @enum {string} */
            status: "pinning" | "pinned" | "releasing" | "error";
            pinnedAt: string | null;
            /** @description When the node itself last confirmed it. */
            lastChecked: string | null;
            error: string | null;
        };
        DeletedPins: {
            /** @description How many pins were deleted. */
            deleted: number;
        };
        Health: {
            /** @enum {string} */
            status: "ok" | "alarm" | "unavailable" | "not_configured";
            /** @description What an operator must look at: the codes for everybody, the rest for operators. */
            alarms?: components["schemas"]["HealthAlarm"][];
            /** @description For operators alone. */
            detail?: {
                [key: string]: unknown;
            };
        };
        HealthAlarm: {
            code: string;
            since?: string;
            detail?: string;
        };
        UploadedFile: {
            file: components["schemas"]["File"];
            pin: components["schemas"]["FilePin"];
            /** @description Of a folder: the files and directories that the paths name, at all levels. */
            entries?: number;
        };
        File: {
            /** @description UUIDv7; the newest sorts last. */
            id: string;
            /** @description As the import profile gives it: v1 by default. */
            cid: string;
            name: string;
            /**
             * @description `directory`: a UnixFS directory; `dag`: anything else that came in a CAR.
             * @enum {string}
             */
            kind: "file" | "directory" | "dag";
            /** @description Bytes of the file; of a directory those of all its files. */
            size: number;
            contentType: string;
            /** @description RFC 3339, UTC. */
            createdAt: string;
            metadata: {
                [key: string]: unknown;
            };
        };
        /** @description Problem details (RFC 9457). */
        Problem: {
            /**
             * Format: uri
             * @description A URN that names the kind of problem.
             */
            type: string;
            /** @description What went wrong, for people; the same for each code. */
            title: string;
            /** @description The HTTP status. */
            status: number;
            /**
             * @description Stable; what programs look at.
             * @enum {string}
             */
            code: "invalid_request" | "invalid_json" | "unknown_field" | "invalid_cid" | "unsupported_cid" | "invalid_cursor" | "invalid_name" | "invalid_metadata" | "invalid_multipart" | "invalid_path" | "invalid_car" | "missing_file" | "truncated_body" | "invalid_idempotency_key" | "unauthenticated" | "invalid_credentials" | "invalid_token" | "refresh_token_reused" | "forbidden" | "insufficient_scope" | "cross_site_request" | "setup_closed" | "not_found" | "method_not_allowed" | "not_acceptable" | "request_timeout" | "conflict" | "already_exists" | "request_in_flight" | "already_completed" | "offset_mismatch" | "upload_gone" | "content_gone" | "precondition_failed" | "payload_too_large" | "uri_too_long" | "unsupported_media_type" | "range_not_satisfiable" | "invalid_dag" | "car_without_roots" | "incomplete_dag" | "idempotency_key_reuse" | "rate_limited" | "header_too_large" | "internal" | "not_supported" | "unavailable" | "checksum_mismatch" | "insufficient_storage" | "quota_exceeded";
            /** @description Names this request in the logs. */
            requestId: string;
            /** @description What is special about this case. */
            detail?: string;
            /** @description The fields that are wrong. */
            errors?: {
                /** @description Dotted: `scopes.0`; empty for the body itself. */
                path: string;
                message: string;
            }[];
            /** @description Id of the row that the problem is about (`already_completed`). */
            subject?: string;
        };
    };
    responses: never;
    parameters: {
        /** @description Id of the organization to act in; by default the API key's, or the user's first. */
        HoldfastOrg: string;
        /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
        IdempotencyKey: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getSetup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetupState"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setUp: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "kQ7…",
                 *       "email": "ada@example.org",
                 *       "password": "correct horse battery staple",
                 *       "name": "Ada Lovelace"
                 *     }
                 */
                "application/json": {
                    /** @description From the link that the platform prints when it starts. */
                    token: string;
                    /**
                     * @description E-mail address; compared without regard to case.
                     * @example ada@example.org
                     */
                    email: string;
                    /**
                     * @description 8 to 128 characters.
                     * @example correct horse battery staple
                     */
                    password: string;
                    /** @example Ada Lovelace */
                    name: string;
                };
            };
        };
        responses: {
            /** @description A user with the organization that was made for them. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `setup_closed`: The platform has been set up already. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_completed`: A request with this Idempotency-Key was completed; its secret is shown only once. `request_in_flight`: A request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than allowed. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reuse`: The Idempotency-Key was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logIn: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.org",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description E-mail address; compared without regard to case.
                     * @example ada@example.org
                     */
                    email: string;
                    password: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenPair"];
                };
            };
            /** @description `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_credentials`: The e-mail address or the password is wrong. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_completed`: A request with this Idempotency-Key was completed; its secret is shown only once. `request_in_flight`: A request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than allowed. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reuse`: The Idempotency-Key was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refreshTokens: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    refreshToken: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenPair"];
                };
            };
            /** @description `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. `refresh_token_reused`: The refresh token was used before; the session is closed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_completed`: A request with this Idempotency-Key was completed; its secret is shown only once. `request_in_flight`: A request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than allowed. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reuse`: The Idempotency-Key was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logOut: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_in_flight`: A request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reuse`: The Idempotency-Key was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "grace@example.org",
                 *       "password": "a long enough password",
                 *       "name": "Grace Hopper"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description E-mail address; compared without regard to case.
                     * @example ada@example.org
                     */
                    email: string;
                    /**
                     * @description 8 to 128 characters.
                     * @example correct horse battery staple
                     */
                    password: string;
                    /** @example Ada Lovelace */
                    name: string;
                    /**
                     * @description The organization's name; the user's by default.
                     * @example Ada Lovelace
                     */
                    organizationName?: string;
                };
            };
        };
        responses: {
            /** @description A user with the organization that was made for them. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_exists`: This exists already. `request_in_flight`: A request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than allowed. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reuse`: The Idempotency-Key was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyPage"];
                };
            };
            /** @description `invalid_cursor`: The cursor is not valid. `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "backup",
                 *       "scopes": [
                 *         "files:read",
                 *         "files:write"
                 *       ]
                 *     }
                 */
                "application/json": {
                    name: string;
                    /** @description What the key may do; everything of these by default. */
                    scopes?: ("files:read" | "files:write" | "pins:read" | "pins:write")[];
                    /**
                     * Format: date-time
                     * @description When the key stops working; never by default.
                     * @example 2030-01-01T00:00:00Z
                     */
                    expiresAt?: string;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            /** @description `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_completed`: A request with this Idempotency-Key was completed; its secret is shown only once. `request_in_flight`: A request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than allowed. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reuse`: The Idempotency-Key was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key was revoked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listFiles: {
        parameters: {
            query?: {
                /** @description How many, 1 to 1000. */
                limit?: number;
                /** @description `nextCursor` of the page before. Bound to the filters that it was made with. */
                cursor?: string;
                /** @description Only this CID; v0 and v1 are the same. */
                cid?: string;
                /** @description Only files of exactly this name. */
                name?: string;
                /** @description Only files whose name starts with this. */
                namePrefix?: string;
                /** @description Only this media type, whatever its parameters; `image/*` for all images. */
                contentType?: string;
                /** @description Only files whose pin has this status. */
                status?: "queued" | "pinning" | "pinned" | "degraded" | "failed";
                /** @description Only files that are newer than this time. */
                createdAfter?: string;
                /** @description Only files that are older than this time. */
                createdBefore?: string;
            };
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileList"];
                };
            };
            /** @description `invalid_cid`: This is not a valid CID. `invalid_cursor`: The cursor is not valid. `invalid_request`: The request is not valid. `unsupported_cid`: This CID uses a codec, hash or size that is not supported. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFiles: {
        parameters: {
            query?: {
                /** @description How many, 1 to 1000. */
                limit?: number;
                /** @description `nextCursor` of the page before. Bound to the filters that it was made with. */
                cursor?: string;
            };
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                /** @description A CID (v0 and v1 are the same), or a row's id, which then means that row alone. */
                hash: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileList"];
                };
            };
            /** @description `invalid_cid`: This is not a valid CID. `invalid_cursor`: The cursor is not valid. `invalid_request`: The request is not valid. `unsupported_cid`: This CID uses a codec, hash or size that is not supported. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteFiles: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                /** @description A CID (v0 and v1 are the same), or a row's id, which then means that row alone. */
                hash: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted; no gateway serves them any more. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedFiles"];
                };
            };
            /** @description Deleted; some gateway or the store follows in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedFiles"];
                };
            };
            /** @description `invalid_cid`: This is not a valid CID. `invalid_request`: The request is not valid. `unsupported_cid`: This CID uses a codec, hash or size that is not supported. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPins: {
        parameters: {
            query?: {
                /** @description How many, 1 to 1000. */
                limit?: number;
                /** @description `nextCursor` of the page before. Bound to the filters that it was made with. */
                cursor?: string;
                /** @description Only this CID; v0 and v1 are the same. */
                cid?: string;
                /** @description Only pins of exactly this name. */
                name?: string;
                status?: "queued" | "pinning" | "pinned" | "degraded" | "failed";
            };
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PinList"];
                };
            };
            /** @description `invalid_cid`: This is not a valid CID. `invalid_cursor`: The cursor is not valid. `invalid_request`: The request is not valid. `unsupported_cid`: This CID uses a codec, hash or size that is not supported. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createPin: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description A CID. */
                hash: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "name": "photos"
                 *     }
                 */
                "application/json": {
                    name?: string;
                    /** @description At most 16 KiB and depth 8. */
                    meta?: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Pinned. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pin"];
                };
            };
            /** @description Queued. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pin"];
                };
            };
            /** @description `invalid_cid`: This is not a valid CID. `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_json`: The body is not valid JSON. `invalid_metadata`: The metadata is not valid. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. `unsupported_cid`: This CID uses a codec, hash or size that is not supported. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. `quota_exceeded`: The storage limit of the organization is reached. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_in_flight`: A request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than allowed. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reuse`: The Idempotency-Key was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deletePins: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                /** @description A CID (v0 and v1 are the same), or a pin's requestid, which then means that pin alone. */
                hash: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted; no gateway serves them any more. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedPins"];
                };
            };
            /** @description Deleted; some gateway or the store follows in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedPins"];
                };
            };
            /** @description `invalid_cid`: This is not a valid CID. `invalid_request`: The request is not valid. `unsupported_cid`: This CID uses a codec, hash or size that is not supported. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: This is in conflict with the current state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPinStatus: {
        parameters: {
            query?: {
                /** @description How many, 1 to 1000. */
                limit?: number;
                /** @description `nextCursor` of the page before. Bound to the filters that it was made with. */
                cursor?: string;
            };
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                /** @description A CID (v0 and v1 are the same), or a pin's requestid, which then means that pin alone. */
                hash: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PinStatusList"];
                };
            };
            /** @description `invalid_cid`: This is not a valid CID. `invalid_cursor`: The cursor is not valid. `invalid_request`: The request is not valid. `unsupported_cid`: This CID uses a codec, hash or size that is not supported. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    healthLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Does not do its work now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    healthReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Does not do its work now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    healthIpfs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Does not do its work now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    healthDb: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Does not do its work now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    healthCache: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Does not do its work now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    healthCluster: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Does not do its work now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    uploadFile: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /**
                     * Format: binary
                     * @description The file, with its filename and type. Sent several times, or with a path as its filename, it is a folder; see the guide "Folders".
                     */
                    file: Blob;
                    /** @description The name to store, 1 to 255 bytes of UTF-8 without path separators and control characters. */
                    name?: string;
                    /** @description A JSON object of at most 16 KiB and depth 8. */
                    metadata?: string;
                    /**
                     * @description Puts a directory around the file or folder; its CID is the root then.
                     * @default false
                     * @enum {string}
                     */
                    wrap?: "true" | "false";
                    /**
                     * @description How files are cut into blocks and folders laid out (IPIP-499); decides the CID. Must come before the first `file`.
                     * @default unixfs-v1-2025
                     * @enum {string}
                     */
                    profile?: "unixfs-v1-2025" | "unixfs-v0-2015";
                    /** @description As in `ipfs add --chunker`: `size-<bytes>`, `rabin-<min>-<average>-<max>` or `buzhash`. Must come before the first `file`. */
                    chunker?: string;
                    /** @description Children per node of a file. Must come before the first `file`. */
                    maxLinks?: number;
                    /** @description A directory of more bytes than this is sharded; 0: none is. Must come before the first `file`. */
                    hamtThreshold?: number;
                    /** @description Children per node of a sharded directory. Must come before the first `file`. */
                    hamtFanout?: number;
                    /**
                     * @description Must come before the first `file`.
                     * @enum {integer}
                     */
                    cidVersion?: 0 | 1;
                    /**
                     * @description Must come before the first `file`.
                     * @enum {string}
                     */
                    rawLeaves?: "true" | "false";
                };
            };
        };
        responses: {
            /** @description The file or folder is stored and pinned. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedFile"];
                };
            };
            /** @description `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_metadata`: The metadata is not valid. `invalid_multipart`: The multipart body is not valid. `invalid_name`: The name cannot be used. `invalid_path`: The path is not valid. `invalid_request`: The request is not valid. `missing_file`: The multipart body has no part named "file". `truncated_body`: The body ended before it was complete. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. `quota_exceeded`: The storage limit of the organization is reached. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request took too long. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_in_flight`: A request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than allowed. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reuse`: The Idempotency-Key was used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient_storage`: There is no space left to store this. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
