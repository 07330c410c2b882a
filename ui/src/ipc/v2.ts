// Made of v2.json by `npm run v2`; changes are lost.

export interface paths {
    "/recordings/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Plays or fetches a recording, one of its tracks or a composition by a link, or with `Range` a part of it. The code is all that is needed. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The link's code */
                    code: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Its bytes */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/webm": number[];
                    };
                };
                /** @description The part that was asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/webm": number[];
                    };
                };
                /** @description No such link, or its time is over (`link_unknown`) */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sdk/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes an access token for a user, with which a client signs in. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "expires_in": 3600,
                     *       "user_id": "user_xxx"
                     *     }
                     */
                    "application/json": components["schemas"]["CreateCredentials"];
                };
            };
            responses: {
                /** @description The access token */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "access_token": "eyJj…",
                         *       "expires_at": "2022-01-10T11:41:19.000Z",
                         *       "user_id": "user_xxx"
                         *     }
                         */
                        "application/json": components["schemas"]["Credentials"];
                    };
                };
                /** @description A field is not valid: `expires_in` is 360 to 86400 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such user */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sdk/credentials/renew": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a new access token for who shows a good one. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            /** @description No body at all is fine too */
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "expires_in": 3600
                     *     }
                     */
                    "application/json": components["schemas"]["RenewCredentials"];
                };
            };
            responses: {
                /** @description The access token */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Credentials"];
                    };
                };
                /** @description A field is not valid: `expires_in` is 360 to 86400 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No access token, none of this server's, or one whose time is over */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sign-in/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Uses a sign-in link up: an access token for its user, good for a day. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The last part of the link */
                    code: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Signed in */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
                /** @description Used before (`link_revoked`), or its time is over (`link_expired`) */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Never made here (`link_unknown`) */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the company's keys. A key itself is told only when it is made. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All keys, the one that the server's settings give first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "keys": [
                         *         {
                         *           "created_at": "2026-11-21T09:00:00.000Z",
                         *           "key_id": "settings"
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["ApiKeyList"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a key. It is told in this answer and never again. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "name": "Hospital information system"
                     *     }
                     */
                    "application/json": components["schemas"]["CreateApiKey"];
                };
            };
            responses: {
                /** @description The key */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewApiKey"];
                    };
                };
                /** @description A field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description There are 50 already */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/api-keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a key back: nothing is answered to who brings it. The one that the server's settings give is changed there. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The key */
                    key_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Taken back */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such key */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description It is the one of the server's settings */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells who viewed, downloaded, deleted and administered what, newest first. Reading it is an entry of its own. */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most. */
                    limit?: number;
                    /** @description How many to pass over. */
                    offset?: number;
                    /** @description Only what concerns this room */
                    room_id?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of the log */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "entries": [
                         *         {
                         *           "action": "room_deleted",
                         *           "actor": "dr.conti",
                         *           "actor_kind": "user",
                         *           "at": "2026-11-21T09:00:00.000Z",
                         *           "participant_id": null,
                         *           "room_id": "01a1fc9d",
                         *           "session_id": null,
                         *           "subject": null
                         *         }
                         *       ],
                         *       "total": 1
                         *     }
                         */
                        "application/json": components["schemas"]["AuditLog"];
                    };
                };
                /** @description A query field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/company": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells the company. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The company */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Company"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes the company: what is absent stays, `null` clears. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "default_language": "it",
                     *       "embed_origins": [
                     *         "https://clinic.example.org"
                     *       ],
                     *       "end_of_call_redirect_url": "https://clinic.example.org/thanks",
                     *       "name": "Clinic",
                     *       "web_app_id": "clinic"
                     *     }
                     */
                    "application/json": components["schemas"]["UpdateCompany"];
                };
            };
            responses: {
                /** @description The company as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Company"];
                    };
                };
                /** @description A field is not valid; nothing changed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Another company has the name or the web app id */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v2/compositions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists compositions of all rooms that the caller manages, the latest first. */
        get: {
            parameters: {
                query?: {
                    /** @description Only those of this room. */
                    room_id?: string;
                    /** @description Only those of this session. */
                    session_id?: string;
                    /** @description Only those that stand so: `enqueued`, `processing`, `completed` or `failed`. */
                    state?: components["schemas"]["CompositionState"];
                    /** @description How many at most. */
                    limit?: number;
                    /** @description How many to pass over. */
                    offset?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of compositions */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "compositions": [],
                         *       "total": 0
                         *     }
                         */
                        "application/json": components["schemas"]["CompositionList"];
                    };
                };
                /** @description A query field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists recordings of all rooms that the caller manages, the latest first. */
        get: {
            parameters: {
                query?: {
                    /** @description Only those of this room. */
                    room_id?: string;
                    /** @description Only those of this session. */
                    session_id?: string;
                    /** @description Only those that stand so: `recording`, `processing`, `available` or `failed`. */
                    state?: components["schemas"]["RecordingFileState"];
                    /** @description How many at most. */
                    limit?: number;
                    /** @description How many to pass over. */
                    offset?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of recordings */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "recordings": [],
                         *       "total": 0
                         *     }
                         */
                        "application/json": components["schemas"]["RecordingList"];
                    };
                };
                /** @description A query field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists rooms, newest first. Signed-in users see those they made or have a seat in, operators all. */
        get: {
            parameters: {
                query?: {
                    /** @description Only those with this in the title, at the beginning of the room's id or as a seat's user, up to 100 characters. */
                    search?: string;
                    /** @description Only those that stand so: `live`, `scheduled`, `active`, `disabled` or `ended`. */
                    status?: string;
                    /** @description Only those that are recorded so: `none`, `manual` or `automatic`; or `running`, those that are just now. */
                    recording?: string;
                    /** @description How many at most. */
                    limit?: number;
                    /** @description How many to pass over. */
                    offset?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of rooms */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "rooms": [],
                         *       "total": 0
                         *     }
                         */
                        "application/json": components["schemas"]["RoomList"];
                    };
                };
                /** @description A query field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Makes a room: with a link for each of its 2 to 25 users, or open for as many as its capacity.
         * @description Signed-in users make rooms by their own role: `plus` always, `basic` when at least one participant is `plus`.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CreateRoom"];
                };
            };
            responses: {
                /** @description The room with its links */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Room"];
                    };
                };
                /** @description A field is not valid; nothing is stored */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "error": {
                         *         "code": "invalid",
                         *         "field": "participants[1].user_id",
                         *         "message": "no such user"
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not allowed by role */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells a room. Signed-in users who did not make it see their own link only. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The room */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Room"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Deletes a room: who is in is put out, its links open nothing any more, nothing tells of it. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Deleted */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made it */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/boards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells what lies on a room's boards, which it keeps from session to session. Looking is an entry in the audit log. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The boards */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["KeptBoards"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made the room */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/compositions/{composition_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells a composition. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The composition */
                    composition_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The composition */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Composition"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or composition, or not the caller's */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Deletes a composition for good, with the links to it; one that is being made is not made any further. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The composition */
                    composition_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Deleted */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or composition, or not the caller's */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/compositions/{composition_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetches a composition, or with `Range` a part of it. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The composition */
                    composition_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Its bytes */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/mp4": number[];
                    };
                };
                /** @description The part that was asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/mp4": number[];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or composition, or not the caller's */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description It is not made yet, or there is no file */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/compositions/{composition_id}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a link by which whoever has it plays or fetches the composition, for a while and without a key. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The composition */
                    composition_id: string;
                };
                cookie?: never;
            };
            /** @description No body at all is fine too */
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "expires_in": 300
                     *     }
                     */
                    "application/json": components["schemas"]["CreateMediaLink"];
                };
            };
            responses: {
                /** @description The link */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingLink"];
                    };
                };
                /** @description A field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or composition, or not the caller's */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description It is not made yet, or there is no file */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Switches a room off: who is in is put out, its links let nobody in. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The room */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Room"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made it */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Switches a room on again; its links work as before. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The room */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Room"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Its time is used up, or the caller did not make it */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends the session that runs, for everybody; where none runs nothing happens. The room stays as it is. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Nobody is in */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made it */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a room more effective call time. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "seconds": 600
                     *     }
                     */
                    "application/json": components["schemas"]["ExtendRoom"];
                };
            };
            responses: {
                /** @description The room */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Room"];
                    };
                };
                /** @description `seconds` is not 60 to 86400 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made it */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description The room's time is not limited */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/participants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists a room's participants and what goes on at their seats. */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most. */
                    limit?: number;
                    /** @description How many to pass over. */
                    offset?: number;
                };
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of participants */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ParticipantList"];
                    };
                };
                /** @description A query field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made it */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        /** Adds a seat with its link to an open room. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                };
                cookie?: never;
            };
            /** @description No body at all is fine too */
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "tools": {
                     *         "chat": true
                     *       },
                     *       "user_id": "visitor-7"
                     *     }
                     */
                    "application/json": components["schemas"]["AddParticipant"];
                };
            };
            responses: {
                /** @description The seat with its link */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UserUrl"];
                    };
                };
                /** @description A field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description The room is over or switched off, or the caller did not make it */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description The room has seats for its users only, that user has a seat, or it is too shortly before the start (`room_frozen`) */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/participants/{participant_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells a participant and what goes on at their seat. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The seat */
                    participant_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The participant */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Participant"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or seat */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/participants/{participant_id}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a seat a new link and takes the old one back; who came by the old one is put out. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The seat */
                    participant_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The seat with its new link */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UserUrl"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made it */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or seat */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/participants/{participant_id}/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts somebody out, or sends away who waits; until the session ends they do not come in again unless they are let in. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The seat */
                    participant_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description They are out */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made it */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or seat, or nobody is in from there */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/recording/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Starts the recording of a room whose recording is `manual`. One that runs goes on, in another layout if one is asked for.
         *     That it began is told by the webhook `on_recording_started`.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                };
                cookie?: never;
            };
            /** @description No body at all is fine too */
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "layout": "grid_and_chat"
                     *     }
                     */
                    "application/json": components["schemas"]["StartRecording"];
                };
            };
            responses: {
                /** @description It starts, or runs already */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description The room is over or switched off, or the caller did not make it */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Nobody is in the room (`room_empty`), or its recording is not manual */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description This server does not record, or records as much as it can (`recording_unavailable`) */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/recording/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stops the recording of a room whose recording is `manual`. Where none runs nothing happens. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It stops; that it can be fetched is told by the webhook `on_recording_available` */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description The room is over or switched off, or the caller did not make it */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Nobody is in the room (`room_empty`), or its recording is not manual */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the recordings of a room, the latest first. */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most. */
                    limit?: number;
                    /** @description How many to pass over. */
                    offset?: number;
                };
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of recordings */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingList"];
                    };
                };
                /** @description A query field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room, or not the caller's */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/recordings/{recording_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells a recording, with the answers to being recorded that are kept with it. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The recording */
                    recording_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The recording */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Recording"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or recording, or not the caller's */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Deletes a recording for good, with its MP4 and the links to it. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The recording */
                    recording_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Deleted */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or recording, or not the caller's */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description It is still being recorded or finished */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/recordings/{recording_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetches a recording, or with `Range` a part of it. */
        get: {
            parameters: {
                query?: {
                    /** @description `webm` or `mp4`; `webm` when absent. */
                    format?: components["schemas"]["RecordingFormat"];
                };
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The recording */
                    recording_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Its bytes */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/webm": number[];
                    };
                };
                /** @description The part that was asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/webm": number[];
                    };
                };
                /** @description A query field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or recording, not the caller's, or no MP4 of it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description It cannot be fetched yet, or there is no file */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/recordings/{recording_id}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a link by which whoever has it plays or fetches the recording, for a while and without a key. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The recording */
                    recording_id: string;
                };
                cookie?: never;
            };
            /** @description No body at all is fine too */
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "expires_in": 300,
                     *       "format": "webm"
                     *     }
                     */
                    "application/json": components["schemas"]["CreateRecordingLink"];
                };
            };
            responses: {
                /** @description The link */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingLink"];
                    };
                };
                /** @description A field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or recording, not the caller's, or no MP4 of it */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description It cannot be fetched yet, or there is no file */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/recordings/{recording_id}/mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has an MP4 made of a recording, once. How far it is `GET` tells. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The recording */
                    recording_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is there */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Recording"];
                    };
                };
                /** @description It is being made */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Recording"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or recording, or not the caller's */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description It cannot be fetched yet, or there is no file */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description This server does not record (`recording_unavailable`) */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/recordings/{recording_id}/tracks/{track_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetches one file of a recording in separate tracks, or with `Range` a part of it. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The recording */
                    recording_id: string;
                    /** @description The track */
                    track_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Its bytes */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/webm": number[];
                    };
                };
                /** @description The part that was asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/webm": number[];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room, recording or track, or not the caller's */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/recordings/{recording_id}/tracks/{track_id}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a link by which whoever has it plays or fetches the track, for a while and without a key. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The recording */
                    recording_id: string;
                    /** @description The track */
                    track_id: string;
                };
                cookie?: never;
            };
            /** @description No body at all is fine too */
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "expires_in": 300
                     *     }
                     */
                    "application/json": components["schemas"]["CreateMediaLink"];
                };
            };
            responses: {
                /** @description The link */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingLink"];
                    };
                };
                /** @description A field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room, recording or track, or not the caller's */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/ring": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a room ring for those who are not in. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                };
                cookie?: never;
            };
            /** @description No body at all is fine too */
            requestBody: {
                content: {
                    /** @example {} */
                    "application/json": components["schemas"]["RingRoom"];
                };
            };
            responses: {
                /** @description It rings */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description The room is over or switched off, or the caller did not make it */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or seat */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the sessions of a room, oldest first. */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most. */
                    limit?: number;
                    /** @description How many to pass over. */
                    offset?: number;
                };
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of sessions */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "sessions": [
                         *         {
                         *           "ended_at": null,
                         *           "room_id": "01a1fc9d",
                         *           "session_id": "01a1fca0",
                         *           "started_at": "2026-11-21T09:00:00.000Z"
                         *         }
                         *       ],
                         *       "total": 1
                         *     }
                         */
                        "application/json": components["schemas"]["SessionList"];
                    };
                };
                /** @description A query field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made it */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells a session: who was connected, by room channel or media, from when to when. Looking is an entry in the audit log. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The session */
                    session_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The session */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionDetails"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made it */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or session */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/sessions/{session_id}/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells the chat of a session, oldest first. Looking is an entry in the audit log. */
        get: {
            parameters: {
                query?: {
                    /** @description Only messages with this text in them, or in the name of their file; large and small letters are the same. */
                    search?: string;
                    /** @description How many at most. */
                    limit?: number;
                    /** @description How many to pass over. */
                    offset?: number;
                };
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The session */
                    session_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of messages */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Chat"];
                    };
                };
                /** @description A query field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made the room */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or session */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/sessions/{session_id}/compositions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Has a film made of all that was recorded of a session in separate tracks. How far it is `GET` tells, and webhooks hear of its
         *     end.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The session */
                    session_id: string;
                };
                cookie?: never;
            };
            /** @description No body at all is fine too */
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "format": "mp4",
                     *       "layout": "speaker"
                     *     }
                     */
                    "application/json": components["schemas"]["CreateComposition"];
                };
            };
            responses: {
                /** @description The composition, which waits for its turn */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Composition"];
                    };
                };
                /** @description A field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made the room */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or session */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Nothing was recorded of it in separate tracks */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description This server does not record (`recording_unavailable`) */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/sessions/{session_id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Fetches all that is kept of a session in one zip file. An entry in the audit log.
         * @description `recordings/`, `recordings/tracks/`, `compositions/`, `files/` and `snapshots/` have the files, `boards/` a picture of each page and of each snapshot that was
         *     drawn on (SVG), `chat.txt` and `chat.json` the chat, `boards.json` what lies on the room's boards, `consents.json` the
         *     answers to being recorded.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The session */
                    session_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The zip file, whose length is not known before */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/zip": number[];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made the room */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or session */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the files shared in a room, oldest first. */
        get: {
            parameters: {
                query?: {
                    /** @description Only those of this session. */
                    session_id?: string;
                    /** @description How many at most. */
                    limit?: number;
                    /** @description How many to pass over. */
                    offset?: number;
                };
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of files */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UploadList"];
                    };
                };
                /** @description A query field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made the room */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/uploads/{file_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells what a file is. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The file */
                    file_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The file */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Upload"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made the room */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or file */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Deletes a file and its message; those who are in are told. An entry in the audit log. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The file */
                    file_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Deleted */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made the room */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or file */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/uploads/{file_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetches a file, or with `Range` a part of it. An entry in the audit log. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The file */
                    file_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Its bytes */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": number[];
                    };
                };
                /** @description The part that was asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": number[];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made the room */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or file */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/rooms/{room_id}/uploads/{file_id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetches the small picture of a file that has one. No entry in the audit log: it is part of the list. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The room */
                    room_id: string;
                    /** @description The file */
                    file_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description JPEG or PNG */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/jpeg": number[];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, and not the one who made the room */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such room or file, or it has none */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the sessions of all rooms that the caller manages, the latest first. */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most. */
                    limit?: number;
                    /** @description How many to pass over. */
                    offset?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of sessions */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "sessions": [
                         *         {
                         *           "ended_at": "2026-11-21T09:20:00.000Z",
                         *           "files": 2,
                         *           "messages": 12,
                         *           "people": [
                         *             "Dr. Conti",
                         *             "Pat Rossi"
                         *           ],
                         *           "recordings": 1,
                         *           "room_id": "01a1fc9d",
                         *           "session_id": "01a1fca0",
                         *           "snapshots": 0,
                         *           "started_at": "2026-11-21T09:00:00.000Z",
                         *           "title": "Follow-up"
                         *         }
                         *       ],
                         *       "total": 1
                         *     }
                         */
                        "application/json": components["schemas"]["PastSessionList"];
                    };
                };
                /** @description A query field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells how many are in the company's rooms, and how much of the machine is taken. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description How the server is */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "cpu_percent": 18,
                         *       "disk_percent": 61,
                         *       "live_rooms": 3,
                         *       "people": 30,
                         *       "version": "0.1.0"
                         *     }
                         */
                        "application/json": components["schemas"]["ServerStatus"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the files of all rooms, the newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description Only those with this in their name, up to 100 characters. */
                    search?: string;
                    /** @description Only those of this room. */
                    room_id?: components["schemas"]["RoomId"];
                    /** @description How many at most. */
                    limit?: number;
                    /** @description How many to pass over. */
                    offset?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of files */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "total": 0,
                         *       "uploads": []
                         *     }
                         */
                        "application/json": components["schemas"]["KeptUploadList"];
                    };
                };
                /** @description A query field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists users in the order of their making. */
        get: {
            parameters: {
                query?: {
                    /** @description Only those with this in their id, up to 100 characters. */
                    search?: string;
                    /** @description How many at most. */
                    limit?: number;
                    /** @description How many to pass over. */
                    offset?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of users */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "total": 1,
                         *       "users": [
                         *         {
                         *           "created_at": "2026-11-21T09:00:00.000Z",
                         *           "online": true,
                         *           "role": "plus",
                         *           "user_id": "dr.conti"
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["UserList"];
                    };
                };
                /** @description A query field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a user. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "role": "plus",
                     *       "user_id": "dr.conti"
                     *     }
                     */
                    "application/json": components["schemas"]["CreateUser"];
                };
            };
            responses: {
                /** @description The user */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "role": "plus",
                         *       "user_id": "dr.conti"
                         *     }
                         */
                        "application/json": components["schemas"]["User"];
                    };
                };
                /** @description A field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description The id is taken; that user stays as it was */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells a user. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The user */
                    user_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The user */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such user */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Deletes a user. Their access tokens and sign-in links are good no more, their links into rooms are taken back, and who
         *     came by them is put out. The id may be given to a new user.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The user */
                    user_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Deleted */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such user */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Operators do not delete themselves */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Changes what a user may do: what is absent stays. It holds from their next call on. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The user */
                    user_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "is_operator": false,
                     *       "role": "plus"
                     *     }
                     */
                    "application/json": components["schemas"]["UpdateUser"];
                };
            };
            responses: {
                /** @description The user as they are now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
                /** @description A field is not valid; nothing changed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such user */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Operators do not take their own right away */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v2/users/{user_id}/sign-in-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a link that signs a user in once, for servers without a back end of their own. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The user */
                    user_id: string;
                };
                cookie?: never;
            };
            /** @description No body at all is fine too */
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "expires_in": 86400
                     *     }
                     */
                    "application/json": components["schemas"]["CreateSignInLink"];
                };
            };
            responses: {
                /** @description The link */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignInLink"];
                    };
                };
                /** @description A field is not valid: `expires_in` is 60 to 604800 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such user */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists webhooks in the order of their making. */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most. */
                    limit?: number;
                    /** @description How many to pass over. */
                    offset?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of webhooks */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookList"];
                    };
                };
                /** @description A query field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a webhook. Its secret is told in this answer and never again. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "events": [
                     *         "on_session_started",
                     *         "on_session_ended"
                     *       ],
                     *       "url": "https://clinic.example.org/visita"
                     *     }
                     */
                    "application/json": components["schemas"]["CreateWebhook"];
                };
            };
            responses: {
                /** @description The webhook with its secret */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
                /** @description A field is not valid */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells a webhook. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The webhook */
                    webhook_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The webhook */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such webhook */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Deletes a webhook, and what was still to be delivered to it. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The webhook */
                    webhook_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Deleted */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such webhook */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Changes a webhook: what is absent stays. A new secret is told in the answer. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The webhook */
                    webhook_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "enabled": false
                     *     }
                     */
                    "application/json": components["schemas"]["UpdateWebhook"];
                };
            };
            responses: {
                /** @description The webhook as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
                /** @description A field is not valid; nothing changed */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such webhook */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v2/webhooks/{webhook_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a webhook an event of the kind `on_test`, also one that is called for other events only. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The webhook */
                    webhook_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description On its way; `last` of the webhook tells what came of it */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description No key or token, or a wrong one */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Signed in, but no operator */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description No such webhook */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description The webhook is switched off */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
                /** @description Too many wrong keys, or calls, from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorBody"];
                    };
                };
            };
        };
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
        /**
         * @description Who did something.
         * @enum {string}
         */
        ActorKind: "api_key" | "user" | "participant" | "server";
        /** @description Body of `POST /v2/rooms/{room_id}/participants`: one more seat of an open room. */
        AddParticipant: {
            /** @description Name that is shown of whoever comes by this seat's link and gives none, 1 to 120 characters. Gone with the room. */
            display_name?: string | null;
            /** @description Admin of the room; off when absent. */
            is_admin?: boolean;
            /** @description Publishes in a webinar; absent, only admins do. In other rooms everybody does, and `false` is refused. */
            is_speaker?: boolean | null;
            /**
             * @description The person has agreed elsewhere to being recorded, on paper for one: it counts as their yes, and they are not asked.
             *     Their own no here takes it back. Off when absent.
             */
            recording_consent?: boolean;
            tools?: components["schemas"]["Tools"] | null;
            user_id?: components["schemas"]["UserId"] | null;
        };
        /** @description A key to the API, which itself is told only when it was made. */
        ApiKey: {
            /** @description When it was made. */
            created_at: string;
            /** @description Which. */
            key_id: string;
            /** @description When it was used last, to the hour; absent when it was not. */
            last_used_at?: string | null;
            /** @description What it is for; absent of the one that the server's settings give the company. */
            name?: string | null;
        };
        /** @description Answer of `GET /v2/api-keys`. */
        ApiKeyList: {
            /** @description All of them, in the order of their making. */
            keys: components["schemas"]["ApiKey"][];
        };
        /** @description One line of the audit log. */
        AuditEntry: {
            /** @description What, such as `room_deleted`. */
            action: string;
            actor?: components["schemas"]["UserId"] | null;
            /** @description Who. */
            actor_kind: components["schemas"]["ActorKind"];
            /** @description When. */
            at: string;
            participant_id?: components["schemas"]["ParticipantId"] | null;
            room_id?: components["schemas"]["RoomId"] | null;
            session_id?: components["schemas"]["SessionId"] | null;
            /** @description To whom or what else. */
            subject?: string | null;
        };
        /** @description Answer of `GET /v2/audit`. */
        AuditLog: {
            /** @description This page of them, newest first. */
            entries: components["schemas"]["AuditEntry"][];
            /**
             * Format: int64
             * @description How many there are in all.
             */
            total: number;
        };
        /** @description A whiteboard: the room's own, or the one over a snapshot. */
        BoardId: string;
        /**
         * @description What media a room is for.
         * @enum {string}
         */
        CallType: "audio_only" | "audio_upgradable" | "audio_video" | "video_only";
        /** @description Answer of `GET /v2/rooms/{room_id}/sessions/{session_id}/chat`. */
        Chat: {
            /** @description This page of them, oldest first. */
            messages: components["schemas"]["ChatLine"][];
            /**
             * Format: int64
             * @description How many there are in all.
             */
            total: number;
        };
        /** @description A message of a chat. */
        ChatLine: components["schemas"]["ChatMessage"] & {
            /** @description When it was written. */
            at: string;
        };
        /** @description A message of the chat, as everybody with the tool `chat` sees it. */
        ChatMessage: {
            /**
             * Format: int64
             * @description When, Unix time in milliseconds.
             */
            at_ms: number;
            file?: components["schemas"]["FileInfo"] | null;
            /** @description Who wrote it. */
            from: components["schemas"]["ParticipantId"];
            /** @description What they were called then. */
            from_name: string;
            /**
             * Format: int32
             * @description Rises by one with each message of the room, over all of its sessions.
             */
            id: number;
            /** @description As the sender's client named it: what comes twice over a broken line is one message. */
            key: string;
            /**
             * Format: int32
             * @description The message it answers.
             */
            reply_to?: number | null;
            /** @description In which session it was written. */
            session_id: components["schemas"]["SessionId"];
            /** @description Plain text; empty where there is only a file. */
            text: string;
        };
        /** @description A company as told back by `GET /v2/company`. */
        Company: {
            /** @description BCP 47, such as `en` or `it-IT`. */
            default_language: string;
            /** @description Whose pages may show a call of the company in a frame, such as `https://clinic.example.org`. */
            embed_origins?: string[];
            /** @description Where browsers go after a call, `http` or `https`. */
            end_of_call_redirect_url?: string | null;
            /** @description For mobile SDKs. */
            mobile_app_id?: string | null;
            /** @description Shown to guests. */
            name: string;
            /**
             * Format: int32
             * @description How many days after its end a recording is deleted; never when absent.
             */
            recording_retention_days?: number | null;
            /** @description Where names and avatars of users are asked for, `http` or `https`. */
            user_details_provider_url?: string | null;
            /** @description Names the company to its own pages, no other's. */
            web_app_id?: string | null;
        };
        /** @description A composition. */
        Composition: {
            /**
             * Format: int64
             * @description Size of the file in bytes.
             */
            bytes: number;
            /** @description The composition. */
            composition_id: components["schemas"]["CompositionId"];
            /** @description When it was asked for. */
            created_at: string;
            /**
             * Format: int64
             * @description Its length in milliseconds.
             */
            duration_ms: number;
            /** @description When it was made, or could not be. */
            ended_at?: string | null;
            /** @description As which file. */
            format: components["schemas"]["RecordingFormat"];
            /**
             * Format: int32
             * @description Height of the picture in pixels.
             */
            height: number;
            /** @description It is deleted then. */
            kept_until?: string | null;
            layout?: components["schemas"]["RecordingLayout"] | null;
            /**
             * Format: float
             * @description How much of it is made, from 0 to 1.
             */
            progress: number;
            reason?: components["schemas"]["CompositionReason"] | null;
            /** @description Parts of the picture; absent where a layout is. */
            regions?: components["schemas"]["Region"][] | null;
            /** @description Its room. */
            room_id: components["schemas"]["RoomId"];
            /** @description Its session. */
            session_id: components["schemas"]["SessionId"];
            /** @description How it stands. */
            state: components["schemas"]["CompositionState"];
            /**
             * Format: int32
             * @description Width of the picture in pixels.
             */
            width: number;
        };
        /** @description A film made afterwards of what was recorded track by track. */
        CompositionId: string;
        /** @description Answer of `GET /v2/compositions`. */
        CompositionList: {
            /** @description This page of them, the latest first. */
            compositions: components["schemas"]["Composition"][];
            /**
             * Format: int64
             * @description How many there are in all.
             */
            total: number;
        };
        /**
         * @description Why a composition could not be made.
         * @enum {string}
         */
        CompositionReason: "disk_full" | "no_tracks" | "composer_failed";
        /**
         * @description How a composition stands.
         * @enum {string}
         */
        CompositionState: "enqueued" | "processing" | "completed" | "failed";
        /** @description One connection of somebody to a session. */
        Connection: {
            /** @description From when on. */
            connected_at: string;
            /** @description Until when; absent while it lasts. */
            disconnected_at?: string | null;
            /** @description What they were connected by. */
            kind: components["schemas"]["ConnectionKind"];
            /** @description Their seat. */
            participant_id: components["schemas"]["ParticipantId"];
            /** @description Whose seat it is. */
            user_id: components["schemas"]["UserId"];
        };
        /**
         * @description What somebody was connected by.
         * @enum {string}
         */
        ConnectionKind: "channel" | "media";
        /** @description Body of `POST /v2/api-keys`. */
        CreateApiKey: {
            /** @description What it is for, 1 to 120 characters. */
            name: string;
        };
        /**
         * @description Body of `POST /v2/rooms/{room_id}/sessions/{session_id}/compositions`: a film of all that was recorded of the session in
         *     separate tracks.
         */
        CreateComposition: {
            format?: components["schemas"]["RecordingFormat"] | null;
            /**
             * Format: int32
             * @description Height of the picture in pixels, even, 16 to 1280; 720 when absent. No more than 921600 pixels in all.
             */
            height?: number | null;
            layout?: components["schemas"]["RecordingLayout"] | null;
            /** @description Parts of the picture instead of a layout, 1 to 16. */
            regions?: components["schemas"]["Region"][] | null;
            /**
             * Format: int32
             * @description Width of the picture in pixels, even, 16 to 1280; 1280 when absent.
             */
            width?: number | null;
        };
        /** @description Body of `POST /sdk/credentials`. */
        CreateCredentials: {
            /**
             * Format: int32
             * @description Seconds, 360 to 86400; 3600 when absent.
             */
            expires_in?: number | null;
            /** @description A user of the company. */
            user_id: components["schemas"]["UserId"];
        };
        /** @description Body of `POST /v2/rooms/{room_id}/compositions/{composition_id}/link`, and of a track's. */
        CreateMediaLink: {
            /**
             * Format: int32
             * @description Seconds, 30 to 3600; 600 when absent.
             */
            expires_in?: number | null;
        };
        /** @description One seat of a room to be made. */
        CreateParticipant: {
            /** @description Name that is shown of whoever comes by this seat's link and gives none, 1 to 120 characters. Gone with the room. */
            display_name?: string | null;
            /** @description Admin of the room; off when absent. */
            is_admin?: boolean;
            /** @description Publishes in a webinar; absent, only admins do. In other rooms everybody does, and `false` is refused. */
            is_speaker?: boolean | null;
            /**
             * @description The person has agreed elsewhere to being recorded, on paper for one: it counts as their yes, and they are not asked.
             *     Their own no here takes it back. Off when absent.
             */
            recording_consent?: boolean;
            tools?: components["schemas"]["Tools"] | null;
            /** @description A user of the company. */
            user_id: components["schemas"]["UserId"];
        };
        /** @description Body of `POST /v2/rooms/{room_id}/recordings/{recording_id}/link`. */
        CreateRecordingLink: {
            /**
             * Format: int32
             * @description Seconds, 30 to 3600; 600 when absent.
             */
            expires_in?: number | null;
            format?: components["schemas"]["RecordingFormat"] | null;
        };
        /** @description Body of `POST /v2/rooms`. */
        CreateRoom: {
            /** @description `audio_video` when absent. */
            call_type?: components["schemas"]["CallType"];
            /**
             * Format: int32
             * @description People at once, only of an open room: 2 to 50, of a webinar 2 to 200; the most when absent.
             */
            capacity?: number | null;
            /** @description Free text shown as the room's title, up to 500 characters. */
            description?: string | null;
            /**
             * Format: int32
             * @description Effective call time in seconds, at least 60; unlimited when absent.
             */
            duration?: number | null;
            /**
             * Format: int32
             * @description How many seconds before the start people may come in already, up to a day; 0 when absent. Needs a start.
             */
            early_entry?: number | null;
            /** @description From when on the links let nobody in any more, RFC 3339, in the future and after the start; never when absent. */
            ends_at?: string | null;
            /**
             * Format: int32
             * @description How many seconds before the start changes are refused, up to 30 days; 0 when absent. Needs a start.
             */
            freeze_window?: number | null;
            /** @description `seated` when absent. */
            kind?: components["schemas"]["RoomKind"];
            /** @description Whether using a link rings the others. */
            live?: boolean;
            /** @description 2 to 25 seats, at least one of a plus user. None in an open room: its people are added later. */
            participants?: components["schemas"]["CreateParticipant"][];
            /** @description `none` when absent. */
            recording?: components["schemas"]["RecordingMode"];
            /** @description How the picture of a recording is arranged when nothing else is asked for; `grid` when absent. */
            recording_layout?: components["schemas"]["RecordingLayout"];
            /** @description From when on the links let somebody in, RFC 3339; at once when absent. */
            starts_at?: string | null;
            /** @description Guests wait until an admin admits them; needs an admin in a seated room; off when absent. */
            waiting_room?: boolean;
            /** @description Speakers publish, the audience watches; off when absent. */
            webinar?: boolean;
        };
        /** @description Body of `POST /v2/users/{user_id}/sign-in-link`. */
        CreateSignInLink: {
            /**
             * Format: int32
             * @description Seconds, 60 to 604800 (a week); 86400 when absent.
             */
            expires_in?: number | null;
        };
        /** @description Body of `POST /v2/users`. */
        CreateUser: {
            /** @description May open the console; off when absent. */
            is_operator?: boolean;
            /** @description `basic` when absent. */
            role?: components["schemas"]["Role"];
            user_id?: components["schemas"]["UserId"] | null;
        };
        /** @description Body of `POST /v2/webhooks`. */
        CreateWebhook: {
            /** @description Off means that nothing is called; on when absent. */
            enabled?: boolean | null;
            /** @description Which events; every one when absent or empty. */
            events?: components["schemas"]["EventKind"][];
            secret?: components["schemas"]["Secret"] | null;
            /** @description `http` or `https`, without user and password. */
            url: string;
        };
        /** @description What a user signs in with. */
        Credentials: {
            /** @description Of the user channel, and as `authorization: Bearer …` of the calls of signed-in users. */
            access_token: components["schemas"]["Secret"];
            /** @description From when on it is good no more. */
            expires_at: string;
            /** @description Whose it is. */
            user_id: components["schemas"]["UserId"];
        };
        /** @description The body of every error answer of our own calls: `{"error": {"code", "message", "field"?}}`. */
        ErrorBody: {
            /** @description The error. */
            error: components["schemas"]["Problem"];
        };
        /**
         * @description What went wrong, by code. The page chooses its words by this, never by the message.
         * @enum {string}
         */
        ErrorCode: "link_malformed" | "link_unknown" | "link_revoked" | "link_expired" | "room_disabled" | "room_ended" | "room_full" | "room_not_started" | "room_frozen" | "room_empty" | "recording_unavailable" | "room_not_found" | "seat_in_use" | "unauthorized" | "forbidden" | "token_expired" | "invalid" | "conflict" | "not_found" | "server_unreachable" | "server_not_understood" | "server_not_allowed" | "media_unreachable" | "displaced" | "removed" | "muted_by_admin" | "rate_limited" | "too_large" | "file_type_refused" | "internal";
        /** @description Body of a webhook's call. */
        Event: {
            /** @description Whom an incoming call rings. */
            called?: components["schemas"]["UserId"][] | null;
            composition_id?: components["schemas"]["CompositionId"] | null;
            /** @description When. */
            created_at: string;
            /**
             * Format: int32
             * @description Effective call time of the room so far in seconds, where a session ended.
             */
            duration_used?: number | null;
            /** @description What happened. */
            event: components["schemas"]["EventKind"];
            /** @description The same each time this event is delivered, for telling repetitions. */
            event_id: string;
            file_id?: components["schemas"]["FileId"] | null;
            participant_id?: components["schemas"]["ParticipantId"] | null;
            /** @description Why somebody is out. */
            reason?: string | null;
            recording_id?: components["schemas"]["RecordingId"] | null;
            /** @description Where. */
            room_id: components["schemas"]["RoomId"];
            session_id?: components["schemas"]["SessionId"] | null;
            user_id?: components["schemas"]["UserId"] | null;
        };
        /**
         * @description Something that a company's back end is told of.
         * @enum {string}
         */
        EventKind: "on_call_incoming" | "on_session_started" | "on_session_ended" | "on_participant_joined" | "on_participant_left" | "on_file_uploaded" | "on_recording_started" | "on_recording_available" | "on_recording_failed" | "on_composition_completed" | "on_composition_failed" | "on_test";
        /** @description Body of `POST /v2/rooms/{room_id}/extend`. */
        ExtendRoom: {
            /**
             * Format: int32
             * @description How much more effective call time, in seconds: 60 to 86400.
             */
            seconds: number;
        };
        /** @description A file that was shared, or a snapshot. */
        FileId: string;
        /** @description A file that is there in full. */
        FileInfo: {
            /** @description By which it is fetched. */
            file_id: components["schemas"]["FileId"];
            /** @description There is a small picture of it. */
            has_thumbnail?: boolean;
            /** @description Media type, as found in its first bytes, else by its name. */
            media_type: string;
            /** @description As its owner's computer calls it, without a folder. */
            name: string;
            of?: components["schemas"]["ParticipantId"] | null;
            /** @description Their name when it was taken. */
            of_name?: string | null;
            /** @description It shows the screen they shared, not their camera. */
            of_screen?: boolean;
            /** @description What it is for. */
            purpose: components["schemas"]["FilePurpose"];
            /** @description SHA-256 in hexadecimal. */
            sha256: string;
            /**
             * Format: int64
             * @description In bytes.
             */
            size: number;
            /** @description Width and height of a picture, in pixels. */
            size_px?: [
                number,
                number
            ] | null;
        };
        /**
         * @description What a file is for.
         * @enum {string}
         */
        FilePurpose: "chat" | "snapshot" | "board";
        /** @description A board of a room. */
        KeptBoard: {
            /** @description `board` is the room's own; those over snapshots and files are called as these. */
            board_id: components["schemas"]["BoardId"];
            /** @description What lies there, the lowest first. */
            items: Record<string, never>[];
            /**
             * Format: int32
             * @description How many pages.
             */
            pages: number;
        };
        /** @description Answer of `GET /v2/rooms/{room_id}/boards`. */
        KeptBoards: {
            /** @description Those on which something is drawn. */
            boards: components["schemas"]["KeptBoard"][];
        };
        /** @description A file of one of a company's rooms. */
        KeptUpload: components["schemas"]["Upload"] & {
            /** @description Its room. */
            room_id: components["schemas"]["RoomId"];
            /** @description Its room's title. */
            room_title?: string | null;
        };
        /** @description Answer of `GET /v2/uploads`. */
        KeptUploadList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            total: number;
            /** @description This page of them, the newest first. */
            uploads: components["schemas"]["KeptUpload"][];
        };
        /** @description A user in a list. */
        ListedUser: components["schemas"]["User"] & {
            /** @description When they were made. */
            created_at: string;
            /** @description Signed in somewhere now. */
            online?: boolean;
        };
        /** @description What somebody is sending. */
        MediaState: {
            /** @description Camera on. */
            camera: boolean;
            /** @description Microphone on. */
            microphone: boolean;
        };
        /** @description A recording as MP4, which is made once somebody wants it. */
        Mp4: {
            /**
             * Format: int64
             * @description Its size in bytes, once it is there.
             */
            bytes?: number | null;
            /**
             * Format: float
             * @description How much of it is made, from 0 to 1.
             */
            progress: number;
            /** @description How it stands. */
            state: components["schemas"]["Mp4State"];
        };
        /**
         * @description How an MP4 stands.
         * @enum {string}
         */
        Mp4State: "none" | "making" | "available" | "failed";
        /** @description A key that was made just now. */
        NewApiKey: components["schemas"]["ApiKey"] & {
            /** @description The key, told this once. */
            key: components["schemas"]["Secret"];
        };
        /** @description A seat of a room and what goes on there. */
        Participant: components["schemas"]["UserUrl"] & {
            /** @description Whether somebody is in the room from it. */
            connected: boolean;
            /**
             * Format: float
             * @description Of a hundred packets so many are lost on the worse of the two ways; absent as `round_trip_ms` is.
             */
            loss_percent?: number | null;
            /** @description What is on of theirs. */
            media: components["schemas"]["MediaState"];
            /**
             * Format: int32
             * @description How good their connection is, of 5; 0 is lost. Absent who is not in, and where media is another server's.
             */
            quality?: number | null;
            /**
             * Format: int32
             * @description To the media server and back, in milliseconds; absent as `quality` is, and until it is measured.
             */
            round_trip_ms?: number | null;
            /** @description Since when they are in the media; absent as `quality` is. */
            since?: string | null;
            /** @description Whether somebody waits there to be admitted. */
            waits?: boolean;
        };
        /** @description A user's seat in a room; also the LiveKit identity of whoever sits there. */
        ParticipantId: string;
        /** @description Answer of `GET /v2/rooms/{room_id}/participants`. */
        ParticipantList: {
            /** @description This page of them, in the room's order. */
            participants: components["schemas"]["Participant"][];
            /**
             * Format: int64
             * @description How many there are in all.
             */
            total: number;
        };
        /** @description A session in the list of all rooms' sessions. */
        PastSession: components["schemas"]["Session"] & {
            /**
             * Format: int32
             * @description How many files, snapshots not counted.
             */
            files: number;
            /**
             * Format: int32
             * @description How many messages, those that brought files not counted.
             */
            messages: number;
            /** @description Names of those who were in, in the order of their coming. */
            people: string[];
            /**
             * Format: int32
             * @description How many recordings.
             */
            recordings: number;
            /**
             * Format: int32
             * @description How many snapshots.
             */
            snapshots: number;
            /** @description Its room's title. */
            title?: string | null;
        };
        /** @description Answer of `GET /v2/sessions`. */
        PastSessionList: {
            /** @description This page of them, the latest first. */
            sessions: components["schemas"]["PastSession"][];
            /**
             * Format: int64
             * @description How many there are in all.
             */
            total: number;
        };
        /** @description A coded error. */
        Problem: {
            /** @description For software. */
            code: components["schemas"]["ErrorCode"];
            /** @description The field that is wrong, as a path such as `participants[1].user_id`. */
            field?: string | null;
            /** @description For people who read logs or API answers, in English. */
            message: string;
            /**
             * Format: int64
             * @description With `room_not_started`: when the visit starts, Unix time in seconds.
             */
            starts_at?: number | null;
        };
        /** @description A recording of a session. */
        Recording: {
            /**
             * Format: int64
             * @description Size of the WebM file in bytes, of all tracks where they are separate.
             */
            bytes: number;
            /** @description The answers that held when it began, and those given while it ran, oldest first. Not in lists. */
            consents?: components["schemas"]["RecordingConsent"][] | null;
            /**
             * Format: int64
             * @description Its length in milliseconds.
             */
            duration_ms: number;
            /** @description When it ended; absent while it runs. */
            ended_at?: string | null;
            /** @description It is deleted then. */
            kept_until?: string | null;
            /** @description How its picture is arranged. */
            layout: components["schemas"]["RecordingLayout"];
            /** @description The same as MP4. */
            mp4: components["schemas"]["Mp4"];
            reason?: components["schemas"]["RecordingReason"] | null;
            /** @description The recording. */
            recording_id: components["schemas"]["RecordingId"];
            /** @description Its room. */
            room_id: components["schemas"]["RoomId"];
            /** @description It is one file for each participant and kind, and as a whole nothing that could be played. */
            separate_tracks: boolean;
            /** @description Its session. */
            session_id: components["schemas"]["SessionId"];
            /** @description When it began. */
            started_at: string;
            /** @description How it stands. */
            state: components["schemas"]["RecordingFileState"];
            /** @description Its files, where they are separate, in the order of their beginning. Not in lists. */
            tracks?: components["schemas"]["RecordingTrack"][] | null;
        };
        /** @description Somebody's answer to being recorded. */
        RecordingConsent: {
            /** @description Yes or no. */
            answer: boolean;
            /** @description When. */
            at: string;
            /** @description Whose seat. */
            participant_id: components["schemas"]["ParticipantId"];
            /** @description Which wording of the question they were shown; `elsewhere` when the API said that they agreed. */
            text_version: string;
        };
        /**
         * @description How a recording stands.
         * @enum {string}
         */
        RecordingFileState: "recording" | "processing" | "available" | "failed";
        /**
         * @description What a recording is fetched as.
         * @enum {string}
         */
        RecordingFormat: "webm" | "mp4";
        /** @description A recording of a session. */
        RecordingId: string;
        /**
         * @description How the picture of a recording is arranged.
         * @enum {string}
         */
        RecordingLayout: "grid" | "speaker" | "grid_and_chat";
        /** @description A link that plays or fetches a recording without a key. */
        RecordingLink: {
            /** @description From when on it is good no more. */
            expires_at: string;
            /** @description Who has it may fetch the file. */
            url: components["schemas"]["Secret"];
        };
        /** @description Answer of `GET /v2/recordings`, and of a room's. */
        RecordingList: {
            /** @description This page of them, the latest first. */
            recordings: components["schemas"]["Recording"][];
            /**
             * Format: int64
             * @description How many there are in all.
             */
            total: number;
        };
        /**
         * @description Whether sessions of a room are recorded.
         * @enum {string}
         */
        RecordingMode: "none" | "automatic" | "manual";
        /**
         * @description Why a recording is not as it was meant to be.
         * @enum {string}
         */
        RecordingReason: "disk_full" | "recorder_failed" | "server_stopped" | "not_started";
        /** @description One file of a recording in separate tracks: what one participant sent of one kind, as it came. */
        RecordingTrack: {
            /**
             * Format: int64
             * @description Size of the WebM file in bytes.
             */
            bytes: number;
            /** @description As in SDP: `VP8`, `opus`. */
            codec: string;
            /** @description As they were called when it began. */
            display_name: string;
            /**
             * Format: int64
             * @description Its length in milliseconds.
             */
            duration_ms: number;
            /** @description Sound, camera or screen. */
            kind: components["schemas"]["TrackKind"];
            /** @description Whose. */
            participant_id: components["schemas"]["ParticipantId"];
            /** @description When it began. */
            started_at: string;
            /** @description The track. */
            track_id: components["schemas"]["RecordingTrackId"];
        };
        /** @description One file of a recording: what one participant sent of one kind. */
        RecordingTrackId: string;
        /** @description A part of a composition's picture in which videos stand side by side. */
        Region: {
            /**
             * Format: int32
             * @description Height in pixels; down to the picture's lower edge when absent.
             */
            height?: number | null;
            /**
             * Format: int32
             * @description Columns at most; as many as fit best when absent.
             */
            max_columns?: number | null;
            /**
             * Format: int32
             * @description Rows at most; as many as fit best when absent. Videos for which there is no place are not shown.
             */
            max_rows?: number | null;
            /** @description What who asked for it calls it, up to 100 characters. */
            name?: string | null;
            /** @description The separate tracks to be shown, in their order; every video of the session when absent. */
            tracks?: components["schemas"]["RecordingTrackId"][] | null;
            /**
             * Format: int32
             * @description Width in pixels; up to the picture's right edge when absent.
             */
            width?: number | null;
            /**
             * Format: int32
             * @description Left edge in pixels.
             */
            x?: number;
            /**
             * Format: int32
             * @description Upper edge in pixels.
             */
            y?: number;
            /**
             * Format: int32
             * @description What has the larger number lies over the others.
             */
            z?: number;
        };
        /** @description Body of `POST /sdk/credentials/renew`. */
        RenewCredentials: {
            /**
             * Format: int32
             * @description Seconds, 360 to 86400; 3600 when absent.
             */
            expires_in?: number | null;
        };
        /** @description Body of `POST /v2/rooms/{room_id}/ring`. */
        RingRoom: {
            participant_id?: components["schemas"]["ParticipantId"] | null;
        };
        /**
         * @description A user's role in its company.
         * @enum {string}
         */
        Role: "basic" | "plus";
        /** @description A room as told back. */
        Room: {
            /** @description Audio or video. */
            call_type: components["schemas"]["CallType"];
            /**
             * Format: int32
             * @description People at once, of an open room.
             */
            capacity?: number | null;
            /** @description When it was made. */
            created_at: string;
            created_by?: components["schemas"]["UserId"] | null;
            /** @description Title. */
            description?: string | null;
            /**
             * Format: int32
             * @description Effective call time in seconds.
             */
            duration?: number | null;
            /**
             * Format: int32
             * @description Effective call time so far, in seconds.
             */
            duration_used?: number;
            /**
             * Format: int32
             * @description Seconds before the start from which people may come in.
             */
            early_entry?: number | null;
            /** @description From when on its links let nobody in any more. */
            ends_at?: string | null;
            /**
             * Format: int32
             * @description Seconds before the start from which changes are refused.
             */
            freeze_window?: number | null;
            /** @description Who may sit in it. */
            kind?: components["schemas"]["RoomKind"];
            /** @description Whether it rings. */
            live: boolean;
            now?: components["schemas"]["RoomNow"] | null;
            /** @description Whether it is recorded. */
            recording: components["schemas"]["RecordingMode"];
            /** @description How the picture of a recording is arranged when nothing else is asked for. */
            recording_layout?: components["schemas"]["RecordingLayout"];
            /** @description The room. */
            room_id: components["schemas"]["RoomId"];
            /** @description From when on its links let somebody in. */
            starts_at?: string | null;
            /** @description Whether its links work. */
            status: components["schemas"]["RoomStatus"];
            /** @description One link per seat. */
            user_urls: components["schemas"]["UserUrl"][];
            /** @description Guests wait until they are admitted. */
            waiting_room?: boolean;
            /** @description Speakers publish, the audience watches. */
            webinar?: boolean;
        };
        /** @description A room that lasts. */
        RoomId: string;
        /**
         * @description Who may sit in a room.
         * @enum {string}
         */
        RoomKind: "seated" | "open";
        /** @description Answer of `GET /v2/rooms`. */
        RoomList: {
            /** @description This page of them, newest first. */
            rooms: components["schemas"]["Room"][];
            /**
             * Format: int64
             * @description How many there are in all.
             */
            total: number;
        };
        /** @description The session that runs in a room. */
        RoomNow: {
            /**
             * Format: int32
             * @description How many are in.
             */
            connected: number;
            /** @description Whether it is being recorded. */
            recording: boolean;
            /** @description The session. */
            session_id: components["schemas"]["SessionId"];
            /** @description When the first one came. */
            started_at: string;
            /**
             * Format: int32
             * @description How many wait to be let in.
             */
            waiting: number;
        };
        /**
         * @description Whether a room's links work.
         * @enum {string}
         */
        RoomStatus: "active" | "disabled" | "ended";
        /** @description A secret string. It serialises as itself (it has to travel), but `Debug` prints `[redacted]` and there is no `Display`. */
        Secret: string;
        /** @description Answer of `GET /v2/status`. */
        ServerStatus: {
            /**
             * Format: float
             * @description How much of the machine's processors is at work, in percent; absent when that is not known yet.
             */
            cpu_percent?: number | null;
            /**
             * Format: float
             * @description How much of the disk that holds the data is taken, in percent; absent when that is not known.
             */
            disk_percent?: number | null;
            /**
             * Format: int64
             * @description In how many of its rooms somebody is.
             */
            live_rooms: number;
            /**
             * Format: int64
             * @description How many are in the company's rooms.
             */
            people: number;
            /** @description The server's version. */
            version: string;
        };
        /** @description A stretch of time in which somebody was connected. */
        Session: {
            /** @description When the last one went; absent while it runs. */
            ended_at?: string | null;
            /** @description Its room. */
            room_id: components["schemas"]["RoomId"];
            /** @description The session. */
            session_id: components["schemas"]["SessionId"];
            /** @description When the first one came. */
            started_at: string;
        };
        /** @description Answer of `GET /v2/rooms/{room_id}/sessions/{session_id}`. */
        SessionDetails: components["schemas"]["Session"] & {
            /** @description Who was connected, by what, from when to when. */
            connections: components["schemas"]["Connection"][];
            /** @description Answers to being recorded that were given in it, oldest first: of one person the latest holds. */
            consents?: components["schemas"]["RecordingConsent"][];
        };
        /** @description A stretch of time in which at least one person was connected to a room. */
        SessionId: string;
        /** @description Answer of `GET /v2/rooms/{room_id}/sessions`. */
        SessionList: {
            /** @description This page of them, oldest first. */
            sessions: components["schemas"]["Session"][];
            /**
             * Format: int64
             * @description How many there are in all.
             */
            total: number;
        };
        /** @description A link that signs a user in, once. */
        SignInLink: {
            /** @description From when on it is good no more. */
            expires_at: string;
            /** @description Who uses it is that user. */
            url: components["schemas"]["Secret"];
            /** @description Whom it signs in. */
            user_id: components["schemas"]["UserId"];
        };
        /** @description Answer of `POST /sign-in/{code}`: signed in. */
        SignedIn: components["schemas"]["Credentials"] & {
            /** @description The company's name. */
            company: string;
            /** @description May open the console. */
            is_operator: boolean;
            /** @description What the user may do. */
            role: components["schemas"]["Role"];
        };
        /** @description Body of `POST /v2/rooms/{room_id}/recording/start`. */
        StartRecording: {
            layout?: components["schemas"]["RecordingLayout"] | null;
        };
        /**
         * @description The tools of a seat. In a given object a tool that is not named is off;
         *     a missing object means [`Tools::ALL`].
         */
        Tools: {
            /**
             * @description Text messages with the others.
             * @default false
             */
            chat?: boolean;
            /**
             * @description Share files.
             * @default false
             */
            file_upload?: boolean;
            /**
             * @description Draw together on a snapshot.
             * @default false
             */
            live_edit?: boolean;
            /**
             * @description Send one's pointer (everybody can see the others').
             * @default false
             */
            live_pointer?: boolean;
            /**
             * @description Focus everybody on one's stream.
             * @default false
             */
            present_to_everyone?: boolean;
            /**
             * @description Publish a screen or a window.
             * @default false
             */
            screen_sharing?: boolean;
            /**
             * @description Sign documents; stored and told back, idle until a provider exists.
             * @default false
             */
            signature?: boolean;
            /**
             * @description Take a picture of what is shown.
             * @default false
             */
            snapshot?: boolean;
            /**
             * @description Draw on the shared canvas.
             * @default false
             */
            whiteboard?: components["schemas"]["Whiteboard"];
        };
        /**
         * @description Sound or picture.
         * @enum {string}
         */
        TrackKind: "audio" | "video" | "screen";
        /** @description Body of `PATCH /v2/company`: what is absent stays; `null` clears what may be empty. */
        UpdateCompany: {
            /** @description BCP 47, such as `en` or `it-IT`. */
            default_language?: string;
            /**
             * @description Up to 50 origins (RFC 6454) of `http` or `https` whose pages may show a call of the company in a frame; none when
             *     empty.
             */
            embed_origins?: string[];
            /** @description `http` or `https`. */
            end_of_call_redirect_url?: string | null;
            /** @description Up to 128 characters. */
            mobile_app_id?: string | null;
            /** @description 1 to 120 characters. */
            name?: string;
            /**
             * Format: int32
             * @description How many days after its end a recording is deleted, 1 to 36500. It holds for those there are, too.
             */
            recording_retention_days?: number | null;
            /** @description `http` or `https`. */
            user_details_provider_url?: string | null;
            /** @description 1 to 128 letters, digits and `. _ ~ -`, not another company's. */
            web_app_id?: string | null;
        };
        /** @description Body of `PATCH /v2/users/{user_id}`: what is absent stays. */
        UpdateUser: {
            /** @description May open the console. */
            is_operator?: boolean | null;
            role?: components["schemas"]["Role"] | null;
        };
        /** @description Body of `PATCH /v2/webhooks/{webhook_id}`: what is absent stays. */
        UpdateWebhook: {
            /** @description Off means that nothing is called. */
            enabled?: boolean | null;
            /** @description Which events; every one when empty. */
            events?: components["schemas"]["EventKind"][] | null;
            secret?: components["schemas"]["Secret"] | null;
            /** @description `http` or `https`, without user and password. */
            url?: string | null;
        };
        /** @description A file that was shared. */
        Upload: components["schemas"]["FileInfo"] & {
            /** @description When its upload began. */
            created_at: string;
            /** @description From which seat. */
            participant_id: components["schemas"]["ParticipantId"];
            /** @description In which session. */
            session_id: components["schemas"]["SessionId"];
        };
        /** @description Answer of `GET /v2/rooms/{room_id}/uploads`. */
        UploadList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            total: number;
            /** @description This page of them, oldest first. */
            uploads: components["schemas"]["Upload"][];
        };
        /** @description A user as told back. */
        User: {
            /** @description May open the console. */
            is_operator?: boolean;
            /** @description Role. */
            role: components["schemas"]["Role"];
            /** @description Id in the company. */
            user_id: components["schemas"]["UserId"];
        };
        /** @description A user, unique in its company. */
        UserId: string;
        /** @description Answer of `GET /v2/users`. */
        UserList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            total: number;
            /** @description This page of them, in the order of their making. */
            users: components["schemas"]["ListedUser"][];
        };
        /** @description A seat with its link. */
        UserUrl: {
            /** @description Name that was given to the seat. */
            display_name?: string | null;
            /** @description Admin of the room. */
            is_admin: boolean;
            /** @description In a webinar, whether it publishes. */
            is_speaker?: boolean | null;
            /** @description The seat. */
            participant_id: components["schemas"]["ParticipantId"];
            /** @description Its person has agreed elsewhere to being recorded. */
            recording_consent?: boolean;
            /** @description What the seat may use, in full. */
            tools: components["schemas"]["Tools"];
            /** @description The seat's link. */
            url: string;
            /** @description Who sits there. */
            user_id: components["schemas"]["UserId"];
        };
        /** @description A webhook as told back. */
        Webhook: {
            /** @description When it was made. */
            created_at: string;
            /** @description Whether it is called. */
            enabled: boolean;
            /** @description Which events; every one when empty. */
            events: components["schemas"]["EventKind"][];
            last?: components["schemas"]["WebhookCall"] | null;
            secret?: components["schemas"]["Secret"] | null;
            /** @description What is called. */
            url: string;
            /**
             * Format: int64
             * @description How many events wait to be delivered.
             */
            waiting?: number;
            /** @description The webhook. */
            webhook_id: string;
        };
        /** @description What came of the last call of a webhook. */
        WebhookCall: {
            /** @description When. */
            at: string;
            /** @description Whether the event was taken. */
            delivered: boolean;
            /**
             * Format: int32
             * @description HTTP status of the answer; absent when none came.
             */
            status?: number | null;
        };
        /** @description Answer of `GET /v2/webhooks`. */
        WebhookList: {
            /**
             * Format: int64
             * @description How many there are in all.
             */
            total: number;
            /** @description This page of them, in the order of their making. */
            webhooks: components["schemas"]["Webhook"][];
        };
        /** @description The right to the whiteboard: all, nothing, or some of its sub-rights. */
        Whiteboard: boolean | components["schemas"]["WhiteboardRights"];
        /** @description The six sub-rights of the whiteboard; one left out is off. */
        WhiteboardRights: {
            /** @default false */
            wb_add_file?: boolean;
            /** @default false */
            wb_cursor?: boolean;
            /** @default false */
            wb_eraser?: boolean;
            /** @default false */
            wb_pen?: boolean;
            /** @default false */
            wb_shape?: boolean;
            /** @default false */
            wb_text?: boolean;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
