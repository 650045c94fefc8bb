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
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The public keys of access tokens
         * @description A new key is shown ten minutes before it signs, and an old one until the last token that it signed has expired.
         */
        get: operations["getKeySet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where am I signed in */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        /** End all of my sessions but this one */
        delete: operations["revokeOtherSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions/{id}": {
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
         * End one of my sessions
         * @description Its access tokens, refresh tokens and cookie stop working at once.
         */
        delete: operations["revokeSession"];
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
        /**
         * Sign in with e-mail address and password
         * @description Answers tokens, or 202 with a challenge where the account has a second factor: finish by `POST /auth/mfa`.
         */
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
    "/api/v1/auth/mfa": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Does my account ask for a second factor */
        get: operations["getSecondFactor"];
        put?: never;
        /**
         * Finish signing in by the second factor
         * @description Takes the `mfaToken` of `POST /auth/login`, and a code of the authenticator app or a recovery code. A code works once. After five wrong ones in a row codes of the app are not looked at for a while, which doubles.
         */
        post: operations["finishLogIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/mfa/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a secret for my authenticator app
         * @description Nothing changes until a code of it is confirmed. Asking again makes another secret.
         */
        post: operations["enrolTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/mfa/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Turn my second factor on by a first code
         * @description Ends all sessions of the account, this one too: the answer holds new tokens, or a new cookie for a caller that came with one.
         */
        post: operations["confirmTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/mfa/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get new recovery codes in place of the old ones */
        post: operations["renewRecoveryCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/mfa/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Turn my second factor off
         * @description Takes both factors. Ends all other sessions of the account.
         */
        post: operations["disableSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/mfa-resets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a lost second factor away
         * @description For operators, signed in; API keys cannot. All sessions of the account end, and its owner is told by mail. Where mail is sent the password goes too: its owner sets a new one by mail, which proves the address again. Elsewhere the password alone signs in until a new factor is set up. Make sure first who asks.
         */
        post: operations["resetSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/device": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask to act for a person who has a browser elsewhere
         * @description Show `userCode` and `verificationUri` to the person, then ask `POST /auth/device/token` every `interval` seconds.
         */
        post: operations["startDeviceLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/device/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get the tokens, once the person has approved
         * @description `authorization_pending`: ask again after the interval. `slow_down`: the interval is 5 seconds longer from now on. `access_denied` and `expired_token`: it is over. The tokens are given once.
         */
        post: operations["pollDeviceLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/device/request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Which program asks with this code, and from where */
        post: operations["getDeviceLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/device/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let the program with this code in as me */
        post: operations["approveDeviceLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/device/deny": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Turn the program with this code away */
        post: operations["denyDeviceLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/passkeys/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a challenge to sign in by a passkey
         * @description The same for everybody: it names no account and no passkey. Good for five minutes, for one sign-in.
         */
        post: operations["getPasskeyChallenge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/passkeys/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in by a passkey
         * @description Takes no password and no code: the passkey has verified its user.
         */
        post: operations["signInByPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List my passkeys */
        get: operations["listPasskeys"];
        put?: never;
        /**
         * Add a passkey
         * @description It signs in by itself from then on, without password and code. The owner is told by mail.
         */
        post: operations["addPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/passkeys/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin to add a passkey
         * @description Takes what signing in takes: the password, and a code of the second factor where the account has one. What it answers is good in this session for five minutes.
         */
        post: operations["beginPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/passkeys/{id}": {
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
         * Remove a passkey of mine
         * @description It signs in no more. Sessions that it began go on until they are ended. Refused when nothing else opens the account.
         */
        delete: operations["removePasskey"];
        options?: never;
        head?: never;
        /** Rename a passkey of mine */
        patch: operations["renamePasskey"];
        trace?: never;
    };
    "/api/v1/auth/confirmations/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a challenge to confirm who I am by a passkey
         * @description Good in this session for five minutes, for one answer.
         */
        post: operations["beginConfirmation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/confirmations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm who I am by a passkey of mine
         * @description What it answers stands for the password, in this session, once.
         */
        post: operations["confirmByPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/ways": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What opens my account */
        get: operations["getSignInWays"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/ways/single-sign-on": {
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
         * Let the sign-in provider open my account no more
         * @description Refused when nothing else opens it. Sessions go on until they are ended. The owner is told by mail.
         */
        delete: operations["unlinkSingleSignOn"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password/forgot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mail a link to set a new password
         * @description Answers the same whether the address has an account. The link works once, for an hour.
         */
        post: operations["forgotPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password by a link that was mailed
         * @description Ends all sessions of the account. API keys go on working.
         */
        post: operations["resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change my password
         * @description Ends all other sessions of the account.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change my e-mail address
         * @description Mails a link to the new address; the account has it when the link is used.
         */
        post: operations["changeEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/email/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mail a link that proves my e-mail address */
        post: operations["verifyEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/email/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Prove an e-mail address by the link that was mailed to it */
        post: operations["confirmEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for an account
         * @description Mails a link that works once, for 24 hours. The answer is the same for an address that has an account.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/register/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open the account by the link that was mailed */
        post: operations["completeRegistration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List open invitations, newest first */
        get: operations["listInvitations"];
        put?: never;
        /**
         * Invite somebody into the organization
         * @description Mails a link that works once, for 7 days. Where no mail is sent the answer holds the link.
         */
        post: operations["createInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send another link
         * @description The one before stops working.
         */
        post: operations["resendInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke an invitation */
        delete: operations["revokeInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a link invites to */
        post: operations["readInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/invitation/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept an invitation
         * @description As who is signed in, or with `name` and `password` for a new account.
         */
        post: operations["acceptInvitation"];
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
    "/api/v1/api-keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give an API key a new secret
         * @description The answer is the only place where it is shown. The secret until now works on for `graceSeconds`.
         */
        post: operations["rotateApiKey"];
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
    "/api/v1/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** My organizations, and my role in each */
        get: operations["listOrganizations"];
        put?: never;
        /**
         * Make an organization
         * @description The caller owns it. It is on the plan `trial`, an operator’s on `unlimited`. How many one may own is a setting; where registration is closed only operators make any.
         */
        post: operations["createOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organizations/{organizationId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An organization */
        get: operations["getOrganization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Rename an organization, or say what its uploads are by default */
        patch: operations["changeOrganization"];
        trace?: never;
    };
    "/api/v1/organizations/{organizationId}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is in an organization */
        get: operations["listMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organizations/{organizationId}/members/{userId}": {
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
         * Remove a member
         * @description Their API keys of this organization stop working for good.
         */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        /**
         * Give a member another role
         * @description It holds on their next request. Only owners make and unmake owners; the last one stays.
         */
        patch: operations["changeMemberRole"];
        trace?: never;
    };
    "/api/v1/organizations/{organizationId}/membership": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Leave an organization */
        delete: operations["leaveOrganization"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/organizations/{id}/state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Suspend, freeze or restore an organization
         * @description In a `read-only` one nothing can be changed; in a `suspended` one nothing works but signing in and reading why. Gateways serve its public content no more, except what an active organization holds too; copies elsewhere on IPFS and in caches stay. It holds from the next request on, and ends uploads that run.
         */
        put: operations["setOrganizationState"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All plans */
        get: operations["listPlans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/plans/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Make or change a plan
         * @description It holds at once for every organization on it: what is over a new limit stays, and no more comes in.
         */
        put: operations["putPlan"];
        post?: never;
        /** Delete a plan that no organization is on */
        delete: operations["deletePlan"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/organizations/{id}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Put an organization on a plan */
        put: operations["setOrganizationPlan"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All nodes
         * @description Who keeps content, how each is, and how many copies it has confirmed. Asked every five seconds.
         */
        get: operations["listNodes"];
        put?: never;
        /**
         * Work with another Kubo node
         * @description At once, and after every restart until it is removed. It is asked first: what is wrong with its version or settings is told, and then it is not taken.
         */
        post: operations["addNode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/nodes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Use a drained node no more */
        delete: operations["removeNode"];
        options?: never;
        head?: never;
        /** Change a node’s zone and labels, drain it, or take it back */
        patch: operations["changeNode"];
        trace?: never;
    };
    "/api/v1/admin/repairs/{cid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make missing copies of a content now
         * @description What waits for its next try, or for a node with room, is tried at once.
         */
        post: operations["repairContent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/takedowns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Takedowns, newest first
         * @description Those that were lifted as well.
         */
        get: operations["listTakedowns"];
        put?: never;
        /**
         * Take content down
         * @description No gateway serves it any more, in no encoding, on no path and from no cache, and responses that are under way end; peers do not get it, and it is announced no more. Nobody can pin or upload it. Pins and files stay, and tell their owners the case number. Copies elsewhere on IPFS stay.
         */
        post: operations["createTakedown"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/takedowns/{id}": {
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
         * Lift a takedown
         * @description What is held is served again. A denylist that names it goes on denying it.
         */
        delete: operations["liftTakedown"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/gateways/{id}/domains": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Name a domain of a gateway
         * @description The answer tells the TXT record that shows whose the domain is. It is looked for once a minute for a day, and when it is asked to verify.
         */
        post: operations["addGatewayDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/gateways/{id}/domains/{domainId}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look at a domain’s DNS now
         * @description Answers 200 whatever is found: `state` says whether the domain is served, `problem` why not. What is served is looked at all the time, and stops within a minute when the record is gone.
         */
        post: operations["verifyGatewayDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/gateways/{id}/domains/{domainId}": {
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
         * End a domain of a gateway
         * @description What is being sent by it ends. Named again it gets another record.
         */
        delete: operations["removeGatewayDomain"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/gateways": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All gateways of the organization */
        get: operations["listGateways"];
        put?: never;
        /**
         * Make a gateway
         * @description It answers at its name below each host of `GATEWAY_SUBDOMAIN_HOSTS`, paths of content there, and nothing without a token unless it says so. All that it asks of visitors has to be there: token, address, host and referrer.
         */
        post: operations["createGateway"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/gateways/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A gateway */
        get: operations["getGateway"];
        put?: never;
        post?: never;
        /** Delete a gateway and its tokens */
        delete: operations["deleteGateway"];
        options?: never;
        head?: never;
        /**
         * Change a gateway
         * @description What is being sent to somebody who may not read any more ends.
         */
        patch: operations["changeGateway"];
        trace?: never;
    };
    "/api/v1/gateways/{id}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a token of a gateway
         * @description It is shown this once. Visitors send it as `Holdfast-Gateway-Token`, as `Authorization: Bearer`, or as `?token=`.
         */
        post: operations["createGatewayToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/gateways/{id}/tokens/{tokenId}": {
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
         * End a token of a gateway
         * @description What is being sent by it ends.
         */
        delete: operations["revokeGatewayToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List groups */
        get: operations["listGroups"];
        put?: never;
        /** Make a group of pins and files */
        post: operations["createGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/groups/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A group */
        get: operations["getGroup"];
        put?: never;
        post?: never;
        /**
         * Delete a group
         * @description Its pins and files stay, in no group, with what they ask for themselves or the default.
         */
        delete: operations["deleteGroup"];
        options?: never;
        head?: never;
        /**
         * Give a group another name or policy
         * @description Its pins are given the policy in the background: `settled` says when all of them have it. What a pin asks for itself stays.
         */
        patch: operations["changeGroup"];
        trace?: never;
    };
    "/api/v1/groups/{id}/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put pins and files into a group
         * @description Up to 1,000 in one request; all of them or none. A pin is in one group at a time, and a file where its pin is. They have what the policy says then at once.
         */
        post: operations["addToGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/groups/{id}/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take pins and files out of a group
         * @description Up to 1,000 in one request; all of them or none. A pin is in one group at a time, and a file where its pin is. They have what the policy says then at once.
         */
        post: operations["removeFromGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ipns/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All IPNS keys of the organization */
        get: operations["listIpnsKeys"];
        put?: never;
        /**
         * Make a key, and with it an IPNS name
         * @description Ed25519. The private key is kept here, sealed under the organization’s own key.
         */
        post: operations["createIpnsKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ipns/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An IPNS key */
        get: operations["getIpnsKey"];
        put?: never;
        post?: never;
        /**
         * Delete a key, its name here, and the name’s history
         * @description Nobody can publish by it again, unless it was exported. Peers of the network may lead by its last record until that ends.
         */
        delete: operations["deleteIpnsKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ipns/keys/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show a private key, to take it elsewhere
         * @description For owners and admins who are signed in, never for API keys; takes the password, or a confirmation from who has none; audited. There is no way back: whoever has it can lead the name anywhere.
         */
        post: operations["exportIpnsKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ipns/names": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the organization’s IPNS names lead */
        get: operations["listIpnsNames"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ipns/keys/{id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lead a name to other content
         * @description Signs a record with a higher sequence than all before. The gateways follow it within a second; the IPFS network is told now and every few hours until the record ends, which needs the key no more. Publish again before that: owners are warned 30, 7 and 1 days ahead.
         */
        post: operations["publishIpnsName"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ipns/keys/{id}/publications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a name has led to, the newest first
         * @description The last 1,000 records, those that were signed elsewhere and brought included.
         */
        get: operations["listIpnsPublications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the caller's organization uses, and may use
         * @description Storage and files are exact; requests and bandwidth of other processes lag seconds behind.
         */
        get: operations["readUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who did what, newest first
         * @description For owners and admins of the organization, signed in.
         */
        get: operations["listAuditLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit-log/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All rows as JSON lines, oldest first
         * @description One `AuditRow` a line. An export that cannot go on cuts the connection, so that it does not look whole.
         */
        get: operations["exportAuditLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/erasure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase my account
         * @description Takes the password, or a confirmation from who has none. Organizations in which I am alone are erased with it; in others what I have uploaded stays theirs, without my name. Answers when it has begun. Rows, keys, mails and pins go, then the blocks that nobody else has pinned, then their bytes in the store; the receipt says when all is done.
         */
        post: operations["eraseAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organizations/{organizationId}/erasure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase an organization and all that it holds
         * @description Its members keep their accounts. Answers when it has begun. Rows, keys, mails and pins go, then the blocks that nobody else has pinned, then their bytes in the store; the receipt says when all is done.
         */
        post: operations["eraseOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/erasures/receipt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What was erased, by the token that was given for it */
        post: operations["readErasureReceipt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/organizations/{id}/erasure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase an organization, as an operator
         * @description Answers when it has begun. Rows, keys, mails and pins go, then the blocks that nobody else has pinned, then their bytes in the store; the receipt says when all is done.
         */
        post: operations["eraseTenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/erasure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase a user, as an operator
         * @description Hand the token of the receipt to the person. Answers when it has begun. Rows, keys, mails and pins go, then the blocks that nobody else has pinned, then their bytes in the store; the receipt says when all is done.
         */
        post: operations["eraseUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What changes in the organization, as it changes
         * @description A stream of server-sent events, each of a kind that the caller may read about. It begins now, or behind the event whose id `Last-Event-ID` or `after` names: none is left out or told twice,
         *     whatever was restarted meanwhile. A comment every 15 seconds is a sign of life. `event: reset` says that something may be missing (events are kept for 90 days): read the state anew. The stream ends when what its caller may
         *     has changed. A key or session may have 10 of them open. With `Accept: application/json` it is a page of events instead.
         */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All that is stored about me
         * @description What an organization holds is exported by its owner. `export.json`, then `tables/…​.jsonl` (rows without secrets, one a line), then what was pinned: `contents/<cid>.jsonl` (names and metadata) and `contents/<cid>.car`. Private files follow, decrypted: `private/<id>.jsonl` and `private/<id>.car`; keep the archive as you would keep the files. What cannot be read, for its bytes are damaged, is left out and told in `missing/…​.jsonl`. The last file, `end.json`, says how many that are and whether the archive is `whole`; without it something was cut off: an export that cannot go on cuts the connection.
         */
        get: operations["exportAccount"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organizations/{organizationId}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All of an organization, with its content
         * @description `export.json`, then `tables/…​.jsonl` (rows without secrets, one a line), then what was pinned: `contents/<cid>.jsonl` (names and metadata) and `contents/<cid>.car`. Private files follow, decrypted: `private/<id>.jsonl` and `private/<id>.car`; keep the archive as you would keep the files. What cannot be read, for its bytes are damaged, is left out and told in `missing/…​.jsonl`. The last file, `end.json`, says how many that are and whether the archive is `whole`; without it something was cut off: an export that cannot go on cuts the connection.
         */
        get: operations["exportOrganization"];
        put?: never;
        post?: never;
        delete?: never;
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
    "/api/v1/files/{hash}/visibility": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Make a private file public
         * @description Its CID and id stay, its links end. Everybody can read it from then on, and take copies that nobody can recall: so a public file cannot become private.
         */
        put: operations["changeVisibility"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{hash}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the working links of a file, newest first */
        get: operations["listLinks"];
        put?: never;
        /**
         * Make a link to a file
         * @description Who has it reads the file at the gateway until it expires, is revoked, or has been used as often as it may be. The answer is the only place where the token is shown.
         */
        post: operations["createLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{hash}/links/{linkId}": {
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
         * Revoke a link
         * @description It opens nothing any more, and downloads under way are cut.
         */
        delete: operations["revokeLink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List unfinished uploads, newest first */
        get: operations["listUploads"];
        put?: never;
        /**
         * Begin a resumable upload (tus)
         * @description See https://tus.io/protocols/resumable-upload, version 1.0.0; a missing `Tus-Resumable` means that version. `Upload-Length` or `Upload-Defer-Length: 1`; `Upload-Metadata` with `name` (or `filename`),
         *     `contentType` (or `filetype`), `metadata` (JSON), `profile` and import parameters, `wrap`, `visibility`, `group`; for a file of a folder
         *     `folder` and `path`. `Upload-Concat` for pieces. A body is the first bytes (creation-with-upload).
         */
        post: operations["createUpload"];
        delete?: never;
        /** What this tus server can do */
        options: operations["getUploadOptions"];
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{upload}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What an upload is at, and what came of it
         * @description Also for a client that lost the reply to its last bytes: `file` and `cid` are told for 7 days.
         */
        get: operations["getUpload"];
        put?: never;
        post?: never;
        /** Give an upload up (tus) */
        delete: operations["terminateUpload"];
        options?: never;
        head?: never;
        /**
         * Send bytes of an upload (tus)
         * @description See https://tus.io/protocols/resumable-upload, version 1.0.0; a missing `Tus-Resumable` means that version. `Upload-Offset` says where they begin. Bytes count once they are durable; those that came before a
         *     connection broke count too, except with `Upload-Checksum`. The last ones make the file.
         */
        patch: operations["appendToUpload"];
        trace?: never;
    };
    "/api/v1/uploads/folders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a folder that is uploaded file by file
         * @description Says what the folder will hold. Each file with bytes is then a tus upload whose metadata has `folder` and `path`; files of no bytes need none.
         */
        post: operations["createUploadFolder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/folders/{folder}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much of a folder is there */
        get: operations["getUploadFolder"];
        put?: never;
        post?: never;
        /** Give a folder up */
        delete: operations["deleteUploadFolder"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/folders/{folder}/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Entries of a folder and their state, in the order of their paths
         * @description With `state=missing` what a client that resumes has to send: from `offset` on, at `upload`.
         */
        get: operations["listUploadFolderEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/folders/{folder}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a folder whose files are all there into one CID
         * @description A repeat, with or without `Idempotency-Key`, gets the same file. `errors` names missing files.
         */
        post: operations["completeUploadFolder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{hash}/car": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export a CAR
         * @description A CAR (version 1) of a DAG that the organization holds: depth first, each block once, always the same bytes. With `path` only what
         *     lies there; the blocks that lead to it come first. A DAG that turns out to be damaged ends the connection.
         */
        get: operations["exportCar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List imports that lack blocks, newest first */
        get: operations["listImports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An import that lacks blocks */
        get: operations["getImport"];
        put?: never;
        post?: never;
        /**
         * Delete an import that lacks blocks
         * @description Its blocks are given back, and count for the quota no more.
         */
        delete: operations["deleteImport"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cid/infer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The import parameters behind a CID
         * @description Reads the DAG of content that the caller's organization holds, and says what shows in it. `verified` means
         *     that its files were imported again with these parameters and gave the same CID.
         */
        post: operations["inferParameters"];
        delete?: never;
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
        /**
         * Ask for more or fewer copies of what a CID’s pins, or the one of a requestid, keep, or for another end
         * @description Also of pins that files hang on. Copies are made and taken away afterwards; a pin with fewer confirmed than its minimum is `degraded` meanwhile. A pin of a private file has one copy. What hangs on a pin that has an end goes with it.
         */
        patch: operations["changePins"];
        trace?: never;
    };
    "/api/v1/pins/{hash}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Pins of a CID, or the one of a requestid, with every node’s word
         * @description With `check=network` also whether the public network finds it, as others say.
         */
        get: operations["getPinStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pins/{hash}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fetch what pins of a CID, or the one of a requestid, wait for: now
         * @description What was given up begins anew, for everybody who waits for it. Nothing is done for pins that are pinned.
         */
        post: operations["retryPins"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pins/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fetch what failed pins wait for: now
         * @description All of the organization, or those of a CID or a name.
         */
        post: operations["retryFailedPins"];
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
    "/api/v1/organizations/{organizationId}/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take the content of an exported organization in
         * @description CIDs, names, content types, metadata and visibility are as they were; ids and times are new. Members, keys and settings are not taken over. What is there already is passed over: one that broke off may be sent again.
         */
        post: operations["importOrganization"];
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
    "/api/v1/files/car": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import a CAR
         * @description Takes a CAR (version 1 or 2) in: every block is hashed, and each distinct root in its header becomes a file with a pin, once
         *     all blocks below it are here. Blocks below no root are dropped. A header without roots needs `root`.
         *
         *     When blocks are missing, the answer is 422 with the first 1,000 of them; with `incomplete=keep` what is there is kept (202), counts
         *     for the quota, and is completed by another CAR with `continues`.
         *
         *     In private a CAR has one root and brings all of its blocks: several roots, `incomplete=keep` and `continues` are 422 `not_in_private`.
         */
        post: operations["importCar"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cid": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The CID that an upload would get
         * @description Takes the form of an upload and stores nothing of it; no quota counts.
         */
        post: operations["reckonCid"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pins/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pin many CIDs
         * @description Each line is a pin of its own: `cid`, and `name`, `meta`, `replication`, `group` and `expiresAt` where there are any; `meta` and `replication` are JSON in CSV, too. Up to 100,000 lines of 64 KiB, as NDJSON or as CSV whose first line, which is not counted, names the columns. The answer is NDJSON: a line for each line, in order and
         *     as the work goes on, `{"line": 3, …}` or `{"line": 3, "error": {"code", "detail"}}`; a bad line hinders no other. It is whole when it ends with `{"summary": {"lines", "done", "refused"}}`;
         *     `error` beside it says why the rest was not worked off, with `retryAfterSeconds` where it is a limit.
         *
         *     1,000 lines are one transaction. With an `Idempotency-Key` their results are kept for 24 hours: the same body sent again goes on where it broke off, and tells the same of what was done. Each line
         *     costs 1 of the rate limits.
         */
        post: operations["bulkPin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pins/bulk/unpin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete the pins of many CIDs or requestids
         * @description `hash` is a CID, which means all pins of it, or a requestid. What a file hangs on is refused. Gateways and the store follow in a moment. Up to 100,000 lines of 64 KiB, as NDJSON or as CSV whose first line, which is not counted, names the columns. The answer is NDJSON: a line for each line, in order and
         *     as the work goes on, `{"line": 3, …}` or `{"line": 3, "error": {"code", "detail"}}`; a bad line hinders no other. It is whole when it ends with `{"summary": {"lines", "done", "refused"}}`;
         *     `error` beside it says why the rest was not worked off, with `retryAfterSeconds` where it is a limit.
         *
         *     1,000 lines are one transaction. With an `Idempotency-Key` their results are kept for 24 hours: the same body sent again goes on where it broke off, and tells the same of what was done. Each line
         *     costs 1 of the rate limits.
         */
        post: operations["bulkUnpin"];
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
            /**
             * @description Who gets an account.
             * @enum {string}
             */
            registration: "closed" | "invite" | "open";
            /** @description Whether mail is sent: passwords can be reset by it. */
            mail: boolean;
            /** @description What the button of single sign-on says; null: there is none. */
            singleSignOn: string | null;
            /** @description Whether passkeys work: they need a host name, and HTTPS or localhost. */
            passkeys: boolean;
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
        /** @description A JSON Web Key Set (RFC 7517) of Ed25519 keys (RFC 8037). */
        KeySet: {
            keys: {
                /** @constant */
                kty: "OKP";
                /** @constant */
                crv: "Ed25519";
                x: string;
                kid: string;
                /** @constant */
                use: "sig";
                /** @constant */
                alg: "EdDSA";
            }[];
        };
        Session: {
            id: string;
            /** @description The one that this request is made with. */
            current: boolean;
            /** @description What the client called itself (User-Agent) at sign-in. */
            device: string | null;
            /** @description The address at sign-in. */
            ipAddress: string | null;
            /** Format: date-time */
            createdAt: string;
            /** @description To the minute. */
            lastUsedAt: string | null;
            /** Format: date-time */
            expiresAt: string;
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
        /** @description The password was right; the account asks for a second factor. */
        MfaChallenge: {
            /** @constant */
            mfaRequired: true;
            /** @description Good for `POST /auth/mfa`, and for nothing else. */
            mfaToken: string;
            methods: ("totp" | "recovery-code")[];
            /**
             * @description Seconds until the token expires.
             * @example 300
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
            /** @description The organization that this request acts in; null for a user who is in none. */
            organizationId: string | null;
            /**
             * @description `unknown`: none that this version knows; it may do the least.
             * @enum {string}
             */
            role: "owner" | "admin" | "developer" | "viewer" | "billing" | "unknown";
            scopes: ("files:read" | "files:write" | "pins:read" | "pins:write" | "gateways:read" | "gateways:write" | "ipns:read" | "ipns:write" | "organization:read" | "organization:write" | "members:read" | "members:write" | "billing:read" | "billing:write" | "audit:read" | "admin:read" | "admin:write")[];
            organizations: {
                id: string;
                name: string;
                slug: string;
                /** @enum {string} */
                role: "owner" | "admin" | "developer" | "viewer" | "billing" | "unknown";
                /**
                 * @description `read-only`: no changes are taken. `suspended`: nothing works but this. An operator restores it.
                 * @enum {string}
                 */
                state: "active" | "read-only" | "suspended";
                /** @description The operator's words. */
                stateReason: string | null;
                /**
                 * @description What an upload becomes that does not say.
                 * @enum {string}
                 */
                defaultVisibility: "public" | "private";
            }[];
        };
        SecondFactor: {
            enabled: boolean;
            since: string | null;
            recoveryCodesLeft: number;
        };
        StartedDeviceLogin: {
            /**
             * @description The program keeps it, and polls with it.
             * @example hfdc_Kq0nT2…
             */
            deviceCode: string;
            /**
             * @description For the person to type in.
             * @example WDJB-MJHT
             */
            userCode: string;
            /**
             * @description Where to.
             * @example https://files.example.org/device
             */
            verificationUri: string;
            /**
             * @description Seconds in which both codes work.
             * @example 600
             */
            expiresIn: number;
            /**
             * @description Seconds to wait between two polls.
             * @example 5
             */
            interval: number;
        };
        /** @description A program that waits to act for whoever approves it. */
        DeviceLogin: {
            /** @description What the program calls itself. Anybody can write anything here. */
            clientName: string;
            /** @description Where it asked from. */
            ipAddress: string;
            /** @description Whether this request comes from there too. */
            sameAddress: boolean;
            userAgent: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string;
        };
        /** @description For `navigator.credentials.get()`, as JSON. */
        PasskeyRequestOptions: {
            challenge: string;
            rpId: string;
            timeout: number;
            /** @constant */
            userVerification: "required";
        };
        PasskeyAssertion: {
            id: string;
            rawId: string;
            /** @constant */
            type: "public-key";
            authenticatorAttachment?: string | null;
            /** @description Not looked at. */
            clientExtensionResults?: {
                [key: string]: unknown;
            };
            response: {
                clientDataJSON: string;
                authenticatorData: string;
                signature: string;
                userHandle: string;
            };
        };
        Passkey: {
            id: string;
            name: string;
            /** @description Whether its maker keeps a copy, for other devices of yours. */
            backedUp: boolean;
            /** Format: date-time */
            createdAt: string;
            lastUsedAt: string | null;
        };
        /** @description For `navigator.credentials.create()`, as JSON. */
        PasskeyCreationOptions: {
            rp: {
                id: string;
                name: string;
            };
            user: {
                id: string;
                name: string;
                displayName: string;
            };
            challenge: string;
            pubKeyCredParams: {
                alg: number;
                /** @constant */
                type: "public-key";
            }[];
            timeout: number;
            /** @constant */
            attestation: "none";
            excludeCredentials: {
                id: string;
                /** @constant */
                type: "public-key";
            }[];
            authenticatorSelection: {
                /** @constant */
                residentKey: "required";
                /** @constant */
                requireResidentKey: true;
                /** @constant */
                userVerification: "required";
            };
        };
        NewPasskeyCredential: {
            id: string;
            rawId: string;
            /** @constant */
            type: "public-key";
            authenticatorAttachment?: string | null;
            /** @description Not looked at. */
            clientExtensionResults?: {
                [key: string]: unknown;
            };
            response: {
                clientDataJSON: string;
                attestationObject: string;
                transports?: string[];
                publicKeyAlgorithm?: number;
                publicKey?: string;
                authenticatorData?: string;
            };
        };
        Confirmation: {
            /** @description Good once, in this session, in place of the password. */
            confirmation: string;
            /**
             * @description Seconds.
             * @example 300
             */
            expiresIn: number;
        };
        SignInWays: {
            password: boolean;
            passkeys: number;
            /** @description null where there is no sign-in provider. */
            singleSignOn: {
                label: string;
                /** @description null: it does not open this account. */
                linkedSince: string | null;
            } | null;
        };
        /** @description The same whether there is such an account. */
        Accepted: Record<string, never>;
        NewInvitation: {
            id: string;
            email: string;
            /** @enum {string} */
            role: "admin" | "developer" | "viewer" | "billing";
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string;
            expired: boolean;
            /** @description Where no mail is sent: the link to hand on, shown only here. Null when it was mailed. */
            link: string | null;
        };
        InvitationList: {
            invitations: components["schemas"]["Invitation"][];
        };
        Invitation: {
            id: string;
            email: string;
            /** @enum {string} */
            role: "admin" | "developer" | "viewer" | "billing";
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string;
            expired: boolean;
        };
        OpenInvitation: {
            email: string;
            /**
             * @description What the invited may do in the organization.
             * @enum {string}
             */
            role: "admin" | "developer" | "viewer" | "billing";
            organization: {
                id: string;
                name: string;
            };
            /** @description Sign in to accept then; else choose a name and a password. */
            hasAccount: boolean;
        };
        JoinedOrganization: {
            organizationId: string;
        };
        NewApiKey: {
            id: string;
            name: string;
            /** @description The key's first characters, to tell it from others. */
            prefix: string;
            scopes: ("files:read" | "files:write" | "pins:read" | "pins:write" | "gateways:read" | "gateways:write" | "ipns:read" | "ipns:write" | "organization:read" | "organization:write" | "members:read" | "members:write" | "billing:read" | "billing:write" | "audit:read" | "admin:read" | "admin:write" | "files:*" | "pins:*" | "gateways:*" | "ipns:*" | "organization:*" | "members:*" | "billing:*" | "audit:*" | "admin:*")[];
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            /** @description Written every few seconds. */
            lastUsedAt: string | null;
            uses: number;
            maxUses: number | null;
            allowedAddresses: string[];
            rotatedAt: string | null;
            /** @description Until then the secret before the last works. */
            previousExpiresAt: string | null;
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
            scopes: ("files:read" | "files:write" | "pins:read" | "pins:write" | "gateways:read" | "gateways:write" | "ipns:read" | "ipns:write" | "organization:read" | "organization:write" | "members:read" | "members:write" | "billing:read" | "billing:write" | "audit:read" | "admin:read" | "admin:write" | "files:*" | "pins:*" | "gateways:*" | "ipns:*" | "organization:*" | "members:*" | "billing:*" | "audit:*" | "admin:*")[];
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            /** @description Written every few seconds. */
            lastUsedAt: string | null;
            uses: number;
            maxUses: number | null;
            allowedAddresses: string[];
            rotatedAt: string | null;
            /** @description Until then the secret before the last works. */
            previousExpiresAt: string | null;
        };
        OrganizationList: {
            organizations: {
                id: string;
                name: string;
                slug: string;
                plan: string;
                /** @enum {string} */
                state: "active" | "read-only" | "suspended";
                /** @description The operator's words. */
                stateReason: string | null;
                /** @enum {string} */
                defaultVisibility: "public" | "private";
                /** @description Null: the platform’s. */
                defaultReplication: {
                    /** @description So many nodes have to confirm a copy before it is `pinned`. */
                    min: number;
                    /** @description So many copies are made, as far as there are nodes. */
                    max: number;
                    /** @description Each has to have one of the copies; a zone is what operators say of nodes. */
                    zones: string[];
                } | null;
                /** Format: date-time */
                createdAt: string;
                /** @enum {string} */
                role: "owner" | "admin" | "developer" | "viewer" | "billing" | "unknown";
            }[];
        };
        Organization: {
            id: string;
            name: string;
            slug: string;
            plan: string;
            /** @enum {string} */
            state: "active" | "read-only" | "suspended";
            /** @description The operator's words. */
            stateReason: string | null;
            /** @enum {string} */
            defaultVisibility: "public" | "private";
            /** @description Null: the platform’s. */
            defaultReplication: {
                /** @description So many nodes have to confirm a copy before it is `pinned`. */
                min: number;
                /** @description So many copies are made, as far as there are nodes. */
                max: number;
                /** @description Each has to have one of the copies; a zone is what operators say of nodes. */
                zones: string[];
            } | null;
            /** Format: date-time */
            createdAt: string;
        };
        MemberPage: {
            members: components["schemas"]["Member"][];
            nextCursor: string | null;
        };
        Member: {
            userId: string;
            email: string;
            name: string;
            /** @enum {string} */
            role: "owner" | "admin" | "developer" | "viewer" | "billing" | "unknown";
            /** Format: date-time */
            joinedAt: string;
        };
        PlanList: {
            plans: components["schemas"]["Plan"][];
        };
        Plan: {
            name: string;
            storageBytes: number | null;
            files: number | null;
            maxFileBytes: number | null;
            bandwidthBytesPerMonth: number | null;
            requestsPerMonth: number | null;
            replicationMax: number | null;
            /** @description How many are on this plan. */
            organizations: number;
        };
        OrganizationPlan: {
            organizationId: string;
            plan: string;
            storageLimit: number | null;
        };
        NodeList: {
            /** @description By name. */
            nodes: components["schemas"]["Node"][];
        };
        Node: {
            /** Format: uuid */
            id: string;
            name: string;
            /**
             * @description `embedded`: the own store.
             * @enum {string}
             */
            kind: "embedded" | "kubo" | "cluster";
            /**
             * @description The two are never mixed.
             * @enum {string}
             */
            network: "public" | "private";
            zone: string;
            /** @description What an operator says of it. */
            labels: {
                [key: string]: string;
            };
            /** @enum {string} */
            intent: "active" | "draining" | "removed";
            /** @description By an operator; otherwise the settings name it, or it is the own store. */
            isAdded: boolean;
            /**
             * @description `refused`: it answers, and its settings or credentials make it unusable.
             * @enum {string}
             */
            state: "unknown" | "up" | "down" | "refused";
            /** @description Why it is not up. */
            reason: string | null;
            /** @description RFC 3339, UTC. */
            stateSince: string;
            /** @description When it last answered. */
            seenAt: string | null;
            peerId: string | null;
            /** @description By which others can dial it; of public nodes alone. */
            addresses: string[];
            version: string | null;
            capacityBytes: number | null;
            usedBytes: number | null;
            /** @description Of what was released there, until its garbage is collected. */
            releasedBytes: number;
            /** @description When its garbage was collected last. */
            collectedAt: string | null;
            copies: components["schemas"]["NodeCopies"];
        };
        NodeCopies: {
            /** @description Which the node itself has confirmed. */
            pinned: number;
            /** @description Which it is to get. */
            waiting: number;
            /** @description Which it is to let go. */
            releasing: number;
            /** @description Of which it cannot be asked now. */
            unreachable: number;
        };
        Repair: {
            cid: string;
            /** @description Copies that nodes have confirmed, before. */
            confirmed: number;
            min: number;
            max: number;
        };
        TakedownList: {
            /** @description The newest first. */
            takedowns: components["schemas"]["Takedown"][];
            /** @description Null on the last page. */
            nextCursor: string | null;
        };
        Takedown: {
            /** @description UUIDv7; the newest sorts last. */
            id: string;
            /** @description As it was given. */
            cid: string;
            caseNumber: string;
            reason: string;
            /** @enum {number} */
            status: 410 | 451;
            /** @description RFC 3339, UTC. */
            createdAt: string;
            /** @description Null while it is in force. */
            liftedAt: string | null;
        };
        GatewayDomain: {
            id: string;
            /** @description In ASCII, as DNS has it. */
            domain: string;
            /**
             * @description `verified`: it is served.
             * @enum {string}
             */
            state: "pending" | "verified";
            /** @description What has to stand in DNS, before it is served and as long as it is. */
            record: {
                name: string;
                /** @constant */
                type: "TXT";
                value: string;
            };
            /** @description What the last look found instead. `held`: another gateway serves the domain, and its record stands there too; remove that one. */
            problem: ("no-record" | "other-record" | "look-up-failed" | "held") | null;
            /** @description Since when it is served. */
            verifiedAt: string | null;
            createdAt: string;
        };
        GatewayList: {
            /** @description By name. */
            gateways: components["schemas"]["Gateway"][];
        };
        Gateway: {
            id: string;
            /** @description Its label below the gateway’s host. */
            name: string;
            /**
             * @description `pinned`: serves what this platform holds.
             * @enum {string}
             */
            mode: "pinned";
            /** @description Whether one of its tokens has to be shown: `?token=`, or a header. */
            tokenRequired: boolean;
            /** @description Addresses and CIDR blocks of visitors; empty: any. */
            allowedAddresses: string[];
            /** @description Hosts by which it answers, of those that it has; empty: any. */
            allowedHosts: string[];
            /** @description Hosts of pages whose requests it answers, by `Referer`; without that header there is no answer then. `*.example.org` is every host below. Empty: any. */
            allowedReferrers: string[];
            /** @description Of all visitors together, in each gateway process; null: any number. */
            requestsPerMinute: number | null;
            /** @description The same for bytes that are sent. */
            bytesPerMinute: number | null;
            /** @description What is shown at `/`: a content path. */
            indexPath: string | null;
            /** @description What is shown, with 404, where there is nothing. */
            notFoundPath: string | null;
            /** @description Never the tokens themselves. */
            tokens: components["schemas"]["GatewayToken"][];
            /** @description By name. */
            domains: components["schemas"]["GatewayDomain"][];
            /** @description RFC 3339, UTC. */
            createdAt: string;
            updatedAt: string;
        };
        GatewayToken: {
            id: string;
            name: string;
            createdAt: string;
        };
        CreatedGatewayToken: {
            id: string;
            name: string;
            /** @description Shown this once. */
            token: string;
            createdAt: string;
        };
        GroupList: {
            /** @description The newest first. */
            groups: components["schemas"]["Group"][];
            /** @description Null on the last page. */
            nextCursor: string | null;
        };
        Group: {
            id: string;
            name: string;
            /** @description Null: the organization’s. */
            replication: {
                /** @description So many nodes have to confirm a copy before it is `pinned`. */
                min: number;
                /** @description So many copies are made, as far as there are nodes. */
                max: number;
                /** @description Each has to have one of the copies; a zone is what operators say of nodes. */
                zones: string[];
            } | null;
            /** @description Whether all of its pins have this policy. After a change that takes a moment. */
            settled: boolean;
            /** @description RFC 3339, UTC. */
            createdAt: string;
            updatedAt: string;
        };
        MovedMembers: {
            /** @description How many pins have moved, with their files. */
            moved: number;
        };
        IpnsKeyList: {
            /** @description By label. */
            keys: components["schemas"]["IpnsKey"][];
        };
        IpnsKey: {
            id: string;
            label: string;
            /** @description The IPNS name: `/ipns/NAME`. */
            name: string;
            /** @constant */
            type: "ed25519";
            /** @description RFC 3339, UTC. */
            createdAt: string;
        };
        ExportedIpnsKey: {
            name: string;
            /**
             * @description As `ipfs key import --format=` takes it.
             * @constant
             */
            format: "libp2p-protobuf-cleartext";
            /** @description Base64. Who has it speaks for the name, for ever. */
            privateKey: string;
        };
        IpnsNameList: {
            /** @description By label; keys that published nothing have none. */
            names: components["schemas"]["IpnsName"][];
        };
        IpnsName: {
            name: string;
            keyId: string;
            label: string;
            /** @description The content path that it leads to. */
            value: string;
            /** @description An unsigned number of 64 bits, decimal. */
            sequence: string;
            /** @description How long resolvers may keep it; null: the record does not say. */
            ttlSeconds: number | null;
            /** @description The signed end. Nobody follows the name after it. */
            validUntil: string;
            publishedAt: string;
            /** @description When the IPFS network was last told; null: not yet. */
            republishedAt: string | null;
        };
        IpnsPublication: {
            name: string;
            value: string;
            /** @description Higher with each publication. */
            sequence: string;
            ttlSeconds: number | null;
            validUntil: string;
            /**
             * @description `key`: signed here. `record`: signed elsewhere and brought.
             * @enum {string}
             */
            way: "key" | "record";
            publishedAt: string;
        };
        IpnsPublicationPage: {
            /** @description The newest first. */
            publications: components["schemas"]["IpnsPublication"][];
            nextCursor: string | null;
        };
        Usage: {
            organizationId: string;
            plan: string;
            /** @description Bytes of distinct content. */
            storage: {
                used: number;
                /** @description Null means no limit. */
                limit: number | null;
            };
            files: {
                used: number;
                /** @description Null means no limit. */
                limit: number | null;
            };
            /** @description The month's. */
            requests: {
                used: number;
                /** @description Null means no limit. */
                limit: number | null;
            };
            /** @description Bytes that the API has sent this month. */
            bandwidth: {
                used: number;
                /** @description Null means no limit. */
                limit: number | null;
            };
            /** @description RFC 3339, UTC. */
            month: {
                begins: string;
                ends: string;
            };
            /** @description Null means no limit. */
            maxFileBytes: number | null;
            /** @description Null means no limit. */
            replicationMax: number | null;
        };
        AuditPage: {
            rows: components["schemas"]["AuditRow"][];
            nextCursor: string | null;
        };
        AuditRow: {
            id: string;
            /**
             * Format: date-time
             * @description With microseconds.
             */
            at: string;
            /** @description A pseudonym: the same for all that one user does. */
            actor: string | null;
            /** @description Whose pseudonym it is; null once the user is erased. */
            userId: string | null;
            /** @enum {string} */
            credential: "session" | "api-key" | "none" | "command-line" | "platform";
            organizationId: string | null;
            action: string;
            resource: {
                kind: string;
                id: string | null;
            };
            /** @enum {string} */
            result: "allowed" | "refused";
            /** @description Why it was refused: a code of the error catalogue. */
            code: string | null;
            status: number | null;
            /** @description How many equal refusals this row stands for. */
            repeats: number;
            requestId: string | null;
            /** @description Null once the user is erased. */
            address: string | null;
            userAgent: string | null;
            /** @description Place in the hash chain; null for some seconds. */
            seq: number | null;
            /** @description SHA-256 over the hash before and this row, in hex. */
            hash: string | null;
        };
        ErasureStarted: {
            id: string;
            /** @description Shown once. Who holds it can read the receipt, without an account; keep it, or hand it to who was erased. */
            receiptToken: string;
        };
        ErasureReceipt: {
            id: string;
            /** @enum {string} */
            kind: "user" | "organization";
            /** @enum {string} */
            requestedBy: "self" | "owner" | "operator";
            /**
             * @description `done`: the rows are deleted, and the bytes are gone from the segments of the store.
             * @enum {string}
             */
            state: "running" | "done";
            /** Format: date-time */
            requestedAt: string;
            finishedAt: string | null;
            /** @description How much went, by table of the database or by store. Complete when `state` is `done`. */
            erased: {
                [key: string]: number;
            };
            backups: {
                /** @description When the last backup that may hold it is gone; null while the erasure runs, or when the operator has not told. */
                keptUntil: string | null;
                note: string;
            };
            /** @description What cannot be erased from here. */
            elsewhere: string;
            /** @description What is kept, and why it names nobody. */
            stays: string[];
        };
        EventPage: {
            events: components["schemas"]["Event"][];
            /** @description `after` of the next question, also when there were no events. */
            next: string;
            /** @description Something may be missing before these: read the state anew. */
            reset: boolean;
        };
        Event: {
            /** @description Its place in the log. Rises from event to event. */
            id: string;
            /** @description Such as `pin.status-changed`. */
            kind: string;
            /** @description RFC 3339, UTC. */
            at: string;
            /** @description The id of what has changed. */
            subject: string;
            /** @description Who did it; null: the platform. */
            actorId: string | null;
            payload: {
                [key: string]: unknown;
            };
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
            /**
             * @description `private`: stored encrypted, in no public gateway; its name is found whole only.
             * @enum {string}
             */
            visibility: "public" | "private";
            /** @description The id of its group. */
            group: string | null;
            pin: components["schemas"]["FilePin"];
            /** @description Of content that the operator has denied: gateways serve it to nobody, and it is announced no more. */
            denied?: components["schemas"]["Denied"];
        };
        FilePin: {
            requestid: string;
            /** @enum {string} */
            status: "queued" | "pinning" | "pinned" | "degraded" | "failed";
        };
        Denied: {
            /**
             * @description What gateways answer.
             * @enum {number}
             */
            status: 410 | 451;
            /** @description Of the operator’s case; null where a denylist names it. */
            caseNumber: string | null;
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
            /**
             * @description `private`: stored encrypted, in no public gateway; its name is found whole only.
             * @enum {string}
             */
            visibility: "public" | "private";
            /** @description The id of its group. */
            group: string | null;
        };
        DeletedFiles: {
            /** @description How many rows were deleted. */
            deleted: number;
        };
        NewLink: {
            id: string;
            name: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string;
            hasPassword: boolean;
            /** @description Responses so far that held the first byte, or began without it. */
            downloads: number;
            maxDownloads: number | null;
            lastUsedAt: string | null;
            /** @description Opens the file, as `?link=` or as `Authorization: Bearer`. */
            token: string;
            /** @description The whole address at the gateway. */
            url: string;
        };
        LinkPage: {
            links: components["schemas"]["Link"][];
            nextCursor: string | null;
        };
        Link: {
            id: string;
            name: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string;
            hasPassword: boolean;
            /** @description Responses so far that held the first byte, or began without it. */
            downloads: number;
            maxDownloads: number | null;
            lastUsedAt: string | null;
        };
        UploadList: {
            /** @description The newest first. */
            uploads: components["schemas"]["Upload"][];
            nextCursor: string | null;
        };
        Upload: {
            /** @description As in its address. */
            id: string;
            /**
             * @description `received`: all bytes are there, the file is being made; `failed`: an empty PATCH at the end tries again.
             * @enum {string}
             */
            state: "open" | "received" | "finished" | "failed";
            /** @enum {string} */
            part: "whole" | "partial" | "final";
            /** @description Bytes that are durable. */
            offset: number;
            /** @description Null while it is deferred. */
            length: number | null;
            name: string | null;
            createdAt: string;
            /** @description Any activity puts it off. */
            expiresAt: string;
            /** @description Id of the file, once it is finished. */
            file: string | null;
            cid: string | null;
            /** @description Why no file could be made. */
            failure: {
                code: string;
                message: string;
            } | null;
        };
        NewUploadFolder: {
            /** @description The name to store. */
            name: string;
            entries: components["schemas"]["UploadFolderEntry"][];
            /** @description At most 16 KiB and depth 8. */
            metadata?: {
                [key: string]: unknown;
            };
            /** @description Puts a directory around the only entry at the top. */
            wrap?: boolean;
            /**
             * @description As the organization says by default.
             * @enum {string}
             */
            visibility?: "public" | "private";
            /**
             * Format: uuid
             * @description The id of the group that it goes into, when it is complete.
             */
            group?: string;
            /** @description `unixfs-v1-2025` by default, or `unixfs-v0-2015`. */
            profile?: string;
            /** @description As in `ipfs add --chunker`. */
            chunker?: string;
            maxLinks?: number;
            hamtThreshold?: number;
            hamtFanout?: number;
            cidVersion?: number;
            rawLeaves?: boolean;
        };
        UploadFolderEntry: {
            /** @description Names joined by `/`, such as `photos/2024/a.jpg`. */
            path: string;
            /**
             * @description `file` by default; a `directory` may be empty.
             * @enum {string}
             */
            kind?: "file" | "directory";
            /** @description Bytes of the file. */
            size?: number;
        };
        CreatedUploadFolder: {
            id: string;
        };
        UploadFolder: {
            /** @description Names the folder in addresses, and in `folder` of Upload-Metadata. */
            id: string;
            /** @enum {string} */
            state: "open" | "finished";
            /** @enum {string} */
            visibility: "public" | "private";
            /** @description Empty once it is a private file. */
            name: string;
            files: number;
            directories: number;
            /** @description Of all files. */
            bytes: number;
            /** @description Files whose bytes are not whole. */
            missing: number;
            /** @description Bytes of those files, what has come of them included. */
            missingBytes: number;
            createdAt: string;
            /** @description Any activity puts it off. */
            expiresAt: string;
            /** @description Id of the file, once it is finished. */
            file: string | null;
            cid: string | null;
        };
        UploadFolderEntries: {
            entries: components["schemas"]["UploadFolderEntryState"][];
            nextCursor: string | null;
        };
        UploadFolderEntryState: {
            path: string;
            /** @enum {string} */
            kind: "file" | "directory";
            size: number | null;
            /** @enum {string} */
            state: "missing" | "received";
            /** @description Bytes that are there. */
            offset: number;
            /** @description Address of its upload: go on there. */
            upload: string | null;
        };
        KeptImportList: {
            /** @description The newest first. */
            imports: components["schemas"]["KeptImport"][];
            /** @description Null on the last page. */
            nextCursor: string | null;
        };
        KeptImport: {
            /** @description UUIDv7; for `continues`. */
            id: string;
            name: string;
            roots: string[];
            /** @description Bytes of the blocks that are kept; they count for the quota. */
            size: number;
            blocks: number;
            missing: {
                count: number;
                /** @description The first 1,000. */
                cids: string[];
            };
            /** @description RFC 3339, UTC. */
            createdAt: string;
        };
        Inference: {
            cid: string;
            /** @enum {string} */
            kind: "file" | "directory";
            /** @description Null where nothing in the DAG tells. */
            parameters: {
                cidVersion: number | null;
                rawLeaves: boolean | null;
                chunker: string | null;
                maxLinks: number | null;
                hamtFanout: number | null;
                hamtThreshold: number | null;
                hamtEstimation: ("links" | "block" | "disabled") | null;
            };
            /** @description Named profiles that give this CID, as far as can be told. */
            profiles: string[];
            /** @description The files were imported again by these parameters and gave the same CID. */
            verified: boolean;
            /** @description For people: what cannot be told, and why. */
            notes: string[];
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
            /** @description `reason`: why it is not pinned. While it is fetched: `phase` (`searching`, `fetching`, `replicating`), `blocks`, `bytes`, `providers`, `tries`, `nextTryAt`. */
            info: {
                [key: string]: unknown;
            };
            /** @description The id of its group. */
            group: string | null;
            /** @description When it goes by itself, with its file; null: never. */
            expiresAt: string | null;
            /** @description Of content that the operator has denied: gateways serve it to nobody, and it is announced no more. */
            denied?: components["schemas"]["Denied"];
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
            /** @description `reason`: why it is not pinned. While it is fetched: `phase` (`searching`, `fetching`, `replicating`), `blocks`, `bytes`, `providers`, `tries`, `nextTryAt`. */
            info: {
                [key: string]: unknown;
            };
            /** @description The id of its group. */
            group: string | null;
            /** @description When it goes by itself, with its file; null: never. */
            expiresAt: string | null;
            /** @description Of content that the operator has denied: gateways serve it to nobody, and it is announced no more. */
            denied?: components["schemas"]["Denied"];
            replication: {
                /** @description So many nodes have to confirm a copy before it is `pinned`. */
                min: number;
                /** @description So many copies are made, as far as there are nodes. */
                max: number;
                /** @description Each has to have one of the copies; a zone is what operators say of nodes. */
                zones: string[];
                /** @description Copies that nodes have confirmed. */
                confirmed: number;
                /** @description What the content lacks now of what the pin asks for, and why, as of the last look for a place. */
                shortage: string | null;
            };
            nodes: components["schemas"]["PinNode"][];
            /** @description With `check=network`: what others in the public network say. Null for private files, of which nobody is asked. */
            network?: components["schemas"]["NetworkCheck"] | null;
        };
        PinNode: {
            node: string;
            /** @enum {string} */
            status: "assigned" | "pinning" | "pinned" | "unreachable" | "lost" | "releasing" | "error";
            pinnedAt: string | null;
            /** @description When the node itself last confirmed it. */
            lastChecked: string | null;
            error: string | null;
        };
        NetworkCheck: {
            /**
             * @description `unknown`: nobody could be asked, see `reason`; it says nothing of the content.
             * @enum {string}
             */
            state: "found" | "not_found" | "unknown";
            reason: string | null;
            /** @description Whether a node of this platform is among the providers. */
            ours: boolean;
            /** @description Peer ids that the network names, at most 20. */
            providers: string[];
            /** @description Peers that answered. */
            asked: number;
            checkedAt: string;
            /** @description When the platform’s own node last told the network of it. */
            announcedAt: string | null;
        };
        ChangedPins: {
            /** @description How many pins have it now. */
            changed: number;
        };
        DeletedPins: {
            /** @description How many pins were deleted. */
            deleted: number;
        };
        RetriedPins: {
            /** @description How many pins wait for another try now. */
            retried: number;
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
        ImportedArchive: {
            pins: number;
            files: number;
            contents: number;
            /** @description Passed over: the organization has them under the same names. */
            present: number;
        };
        ImportedCar: {
            /** @constant */
            complete: true;
            /** @description One for each distinct root. */
            files: components["schemas"]["UploadedFile"][];
            car: components["schemas"]["CarReport"];
        };
        CarReport: {
            version: 1 | 2;
            /** @description As the header lists them, repeated ones included. */
            roots: string[];
            /** @description What became of the roots, in a sentence. */
            rootsNote: string;
            /** @description Blocks in the CAR, repeated ones included. */
            sections: number;
            /** @description How many of them repeated an earlier one. */
            duplicates: number;
            /** @description Below the roots, and not held before. */
            added: components["schemas"]["BlockCount"];
            /** @description Below the roots, and held already. */
            held: components["schemas"]["BlockCount"];
            /** @description Below none of the roots: dropped, except in private. */
            unreachable: components["schemas"]["BlockCount"];
        };
        /** @description Distinct blocks, and their bytes. */
        BlockCount: {
            blocks: number;
            bytes: number;
        };
        IncompleteCar: {
            /** @constant */
            complete: false;
            import: components["schemas"]["KeptImport"];
            car: components["schemas"]["CarReport"];
        };
        ReckonedCid: {
            /** @description The root that an upload of the same form gets. */
            cid: string;
            /** @enum {string} */
            kind: "file" | "directory";
            name: string;
            /** @description Bytes of all files. */
            size: number;
            /** @description Of a folder: the files and directories that the paths name, at all levels. */
            entries?: number;
            /** @description Blocks of the DAG, a repeated one counted each time. */
            blocks: number;
            /** @description Their bytes. */
            dagSize: number;
            parameters: components["schemas"]["ImportParameters"];
        };
        ImportParameters: {
            /** @description The name of this set of parameters (IPIP-499), if it has one. */
            profile: string | null;
            /** @description As in `ipfs add --chunker`. */
            chunker: string;
            /** @description Children per node of a file. */
            maxLinks: number;
            /** @description Children per node of a sharded directory. */
            hamtFanout: number;
            /** @description A directory of more bytes than this is sharded; 0: none is. */
            hamtThreshold: number;
            /**
             * @description How a directory's bytes are reckoned.
             * @enum {string}
             */
            hamtEstimation: "links" | "block" | "disabled";
            cidVersion: number;
            rawLeaves: boolean;
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
            code: "invalid_request" | "invalid_json" | "unknown_field" | "invalid_cid" | "unsupported_cid" | "invalid_cursor" | "invalid_name" | "invalid_metadata" | "invalid_multipart" | "invalid_path" | "invalid_car" | "missing_file" | "truncated_body" | "weak_password" | "invalid_idempotency_key" | "authorization_pending" | "slow_down" | "access_denied" | "expired_token" | "unauthenticated" | "invalid_credentials" | "invalid_token" | "invalid_code" | "invalid_passkey" | "second_factor_required" | "refresh_token_reused" | "sso_failed" | "sso_not_allowed" | "sso_email_unverified" | "sso_account_exists" | "sso_linked_elsewhere" | "sso_not_you" | "forbidden" | "insufficient_scope" | "address_not_allowed" | "organization_suspended" | "organization_read_only" | "cross_site_request" | "registration_closed" | "setup_closed" | "link_password_required" | "link_password_wrong" | "content_denied" | "pin_has_file" | "not_found" | "method_not_allowed" | "not_acceptable" | "request_timeout" | "conflict" | "public_is_final" | "last_owner" | "already_exists" | "request_in_flight" | "already_completed" | "offset_mismatch" | "upload_gone" | "link_expired" | "content_gone" | "precondition_failed" | "payload_too_large" | "uri_too_long" | "unsupported_media_type" | "range_not_satisfiable" | "invalid_dag" | "car_without_roots" | "not_in_private" | "incomplete_dag" | "invalid_routing_request" | "idempotency_key_reuse" | "rate_limited" | "header_too_large" | "invalid_redirects" | "blocked_for_legal_reasons" | "internal" | "not_configured" | "not_supported" | "name_not_resolved" | "unavailable" | "no_public_node" | "too_many_fetches" | "fetch_timeout" | "checksum_mismatch" | "insufficient_storage" | "quota_exceeded";
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
            /** @description Blocks that the DAG lacks (`incomplete_dag`). */
            missing?: {
                /** @description How many are missing. */
                count: number;
                /** @description The first 1,000 of them. */
                cids: string[];
            };
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
                     * @description 8 to 128 characters; not one of those that are tried first, and not the e-mail address.
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
            /** @description `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. `weak_password`: The password is too easy to guess. */
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
    getKeySet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A JSON Web Key Set (RFC 7517) of Ed25519 keys (RFC 8037). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeySet"];
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
    listSessions: {
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
                    "application/json": {
                        sessions: components["schemas"]["Session"][];
                    };
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
    revokeOtherSessions: {
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
                    "application/json": {
                        /** @description How many sessions have ended. */
                        revoked: number;
                    };
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
    revokeSession: {
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
            /** @description The session has ended. */
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
            /** @description The password was right; the account asks for a second factor. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MfaChallenge"];
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
    getSecondFactor: {
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
                    "application/json": components["schemas"]["SecondFactor"];
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
    finishLogIn: {
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
                 *       "mfaToken": "hfmfa_kQ7…",
                 *       "code": "123456"
                 *     }
                 */
                "application/json": {
                    /** @description From the challenge. */
                    mfaToken: string;
                    /**
                     * @description What the authenticator app shows now; works once.
                     * @example 123456
                     */
                    code?: string;
                    /** @description One of those that were shown when the second factor was turned on; works once. */
                    recoveryCode?: string;
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
            /** @description `invalid_code`: The code is wrong, or was used before. `invalid_token`: The token is not valid or has expired. */
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
    enrolTotp: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The current password. */
                    password?: string;
                    /** @description In place of the password: from `POST /auth/confirmations`, or from the sign-in provider by the dashboard. Good once. */
                    confirmation?: string;
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
                    "application/json": {
                        /** @description To type into the app (base32). */
                        secret: string;
                        /** @description To show as a QR code (`otpauth://totp/…`). */
                        uri: string;
                    };
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_credentials`: The e-mail address or the password is wrong. `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
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
            /** @description `conflict`: This is in conflict with the current state. */
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
    confirmTotp: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description What the authenticator app shows now; works once.
                     * @example 123456
                     */
                    code: string;
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
                    "application/json": {
                        /**
                         * @description Each works once in place of a code of the app. Shown this once.
                         * @example [
                         *       "7k2m-9qxw-c4tn-0vfe"
                         *     ]
                         */
                        recoveryCodes: string[];
                        tokens: components["schemas"]["TokenPair"] | null;
                    };
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_code`: The code is wrong, or was used before. `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
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
    renewRecoveryCodes: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The current password. */
                    password?: string;
                    /** @description In place of the password: from `POST /auth/confirmations`, or from the sign-in provider by the dashboard. Good once. */
                    confirmation?: string;
                    /**
                     * @description What the authenticator app shows now; works once.
                     * @example 123456
                     */
                    code?: string;
                    /** @description One of those that were shown when the second factor was turned on; works once. */
                    recoveryCode?: string;
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
                    "application/json": {
                        /**
                         * @description Each works once in place of a code of the app. Shown this once.
                         * @example [
                         *       "7k2m-9qxw-c4tn-0vfe"
                         *     ]
                         */
                        recoveryCodes: string[];
                    };
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_code`: The code is wrong, or was used before. `invalid_credentials`: The e-mail address or the password is wrong. `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
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
    disableSecondFactor: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The current password. */
                    password?: string;
                    /** @description In place of the password: from `POST /auth/confirmations`, or from the sign-in provider by the dashboard. Good once. */
                    confirmation?: string;
                    /**
                     * @description What the authenticator app shows now; works once.
                     * @example 123456
                     */
                    code?: string;
                    /** @description One of those that were shown when the second factor was turned on; works once. */
                    recoveryCode?: string;
                };
            };
        };
        responses: {
            /** @description The password alone signs in from now on. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_code`: The code is wrong, or was used before. `invalid_credentials`: The e-mail address or the password is wrong. `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
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
    resetSecondFactor: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.org",
                 *       "reason": "Lost phone; called back at the number on file."
                 *     }
                 */
                "application/json": {
                    /**
                     * @description E-mail address; compared without regard to case.
                     * @example ada@example.org
                     */
                    email: string;
                    /** @description Kept with the event. */
                    reason: string;
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
                    "application/json": {
                        /** @description Whether a mail was posted. */
                        ownerTold: boolean;
                    };
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
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
    startDeviceLogin: {
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
                 *       "clientName": "holdfast-cli on ada-laptop"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description What the person is asked to let in.
                     * @example holdfast-cli
                     */
                    clientName: string;
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
                    "application/json": components["schemas"]["StartedDeviceLogin"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
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
    pollDeviceLogin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example hfdc_Kq0nT2… */
                    deviceCode: string;
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
            /** @description `access_denied`: The person has refused. `authorization_pending`: Nobody has decided yet: ask again after the interval. `expired_token`: The code has expired, was used, or was never given out: begin again. `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `slow_down`: Asked again too soon: the interval is 5 seconds longer from now on. `unknown_field`: The body has a field that is not known here. */
            400: {
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
    getDeviceLogin: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description In any case, with or without the dash.
                     * @example WDJB-MJHT
                     */
                    userCode: string;
                };
            };
        };
        responses: {
            /** @description A program that waits to act for whoever approves it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceLogin"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
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
    approveDeviceLogin: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description In any case, with or without the dash.
                     * @example WDJB-MJHT
                     */
                    userCode: string;
                };
            };
        };
        responses: {
            /** @description The program learns it when it asks next. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
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
    denyDeviceLogin: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description In any case, with or without the dash.
                     * @example WDJB-MJHT
                     */
                    userCode: string;
                };
            };
        };
        responses: {
            /** @description The program learns it when it asks next. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
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
    getPasskeyChallenge: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description For `navigator.credentials.get()`, as JSON. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyRequestOptions"];
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
            /** @description `not_configured`: The operator has not configured this. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signInByPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    credential: components["schemas"]["PasskeyAssertion"];
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
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_passkey`: This passkey is not known here, or what it signed is not right. */
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
            /** @description `not_configured`: The operator has not configured this. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPasskeys: {
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
                    "application/json": {
                        passkeys: components["schemas"]["Passkey"][];
                    };
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
    addPasskey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example Ada Lovelace */
                    name: string;
                    credential: components["schemas"]["NewPasskeyCredential"];
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
                    "application/json": components["schemas"]["Passkey"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_passkey`: This passkey is not known here, or what it signed is not right. `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
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
            /** @description `already_exists`: This exists already. `conflict`: This is in conflict with the current state. */
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
            /** @description `not_configured`: The operator has not configured this. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    beginPasskey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The current password. */
                    password?: string;
                    /** @description In place of the password: from `POST /auth/confirmations`, or from the sign-in provider by the dashboard. Good once. */
                    confirmation?: string;
                    /**
                     * @description What the authenticator app shows now; works once.
                     * @example 123456
                     */
                    code?: string;
                    /** @description One of those that were shown when the second factor was turned on; works once. */
                    recoveryCode?: string;
                };
            };
        };
        responses: {
            /** @description For `navigator.credentials.create()`, as JSON. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyCreationOptions"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_code`: The code is wrong, or was used before. `invalid_credentials`: The e-mail address or the password is wrong. `invalid_token`: The token is not valid or has expired. `second_factor_required`: This account needs its second factor: sign in with it. `unauthenticated`: Sign in or send a valid API key. */
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
            /** @description `conflict`: This is in conflict with the current state. */
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
            /** @description `not_configured`: The operator has not configured this. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removePasskey: {
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
            /** @description It is removed. */
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
    renamePasskey: {
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
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "My phone"
                 *     }
                 */
                "application/json": {
                    /** @example Ada Lovelace */
                    name: string;
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
                    "application/json": components["schemas"]["Passkey"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
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
    beginConfirmation: {
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
            /** @description For `navigator.credentials.get()`, as JSON. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyRequestOptions"];
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
            /** @description `not_configured`: The operator has not configured this. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirmByPasskey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    credential: components["schemas"]["PasskeyAssertion"];
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
                    "application/json": components["schemas"]["Confirmation"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_passkey`: This passkey is not known here, or what it signed is not right. `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
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
            /** @description `not_configured`: The operator has not configured this. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSignInWays: {
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
                    "application/json": components["schemas"]["SignInWays"];
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
    unlinkSingleSignOn: {
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
            /** @description It opens the account no more. */
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
    forgotPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description E-mail address; compared without regard to case.
                     * @example ada@example.org
                     */
                    email: string;
                };
            };
        };
        responses: {
            /** @description The same whether there is such an account. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
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
            /** @description `not_configured`: The operator has not configured this. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description From the link in the mail.
                     * @example kQ7…
                     */
                    token: string;
                    /**
                     * @description 8 to 128 characters; not one of those that are tried first, and not the e-mail address.
                     * @example correct horse battery staple
                     */
                    password: string;
                };
            };
        };
        responses: {
            /** @description The password is set. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. `weak_password`: The password is too easy to guess. */
            400: {
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
            /** @description `link_expired`: The link has expired, was used up or was revoked: ask for a new one. */
            410: {
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
    changePassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    currentPassword: string;
                    /**
                     * @description 8 to 128 characters; not one of those that are tried first, and not the e-mail address.
                     * @example correct horse battery staple
                     */
                    newPassword: string;
                };
            };
        };
        responses: {
            /** @description The password is changed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. `weak_password`: The password is too easy to guess. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_credentials`: The e-mail address or the password is wrong. `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
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
    changeEmail: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description E-mail address; compared without regard to case.
                     * @example ada@example.org
                     */
                    email: string;
                    /** @description The current password. */
                    password?: string;
                    /** @description In place of the password: from `POST /auth/confirmations`, or from the sign-in provider by the dashboard. Good once. */
                    confirmation?: string;
                };
            };
        };
        responses: {
            /** @description The same whether there is such an account. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_credentials`: The e-mail address or the password is wrong. `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
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
            /** @description `not_configured`: The operator has not configured this. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verifyEmail: {
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
            /** @description The same whether there is such an account. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
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
            /** @description `not_configured`: The operator has not configured this. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirmEmail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description From the link in the mail.
                     * @example kQ7…
                     */
                    token: string;
                };
            };
        };
        responses: {
            /** @description The address is proven. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
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
            /** @description `link_expired`: The link has expired, was used up or was revoked: ask for a new one. */
            410: {
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
    register: {
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
                 *       "email": "grace@example.org",
                 *       "name": "Grace Hopper"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description E-mail address; compared without regard to case.
                     * @example ada@example.org
                     */
                    email: string;
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
            /** @description The same whether there is such an account. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `registration_closed`: Accounts are made by invitation or by the operator here. */
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
            /** @description `not_configured`: The operator has not configured this. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    completeRegistration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description From the link in the mail.
                     * @example kQ7…
                     */
                    token: string;
                    /**
                     * @description 8 to 128 characters; not one of those that are tried first, and not the e-mail address.
                     * @example correct horse battery staple
                     */
                    password: string;
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
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. `weak_password`: The password is too easy to guess. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `registration_closed`: Accounts are made by invitation or by the operator here. */
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
            /** @description `already_exists`: This exists already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `link_expired`: The link has expired, was used up or was revoked: ask for a new one. */
            410: {
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
    listInvitations: {
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
                    "application/json": components["schemas"]["InvitationList"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    createInvitation: {
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
                 *       "role": "developer"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description E-mail address; compared without regard to case.
                     * @example ada@example.org
                     */
                    email: string;
                    /**
                     * @description What the invited may do in the organization.
                     * @enum {string}
                     */
                    role: "admin" | "developer" | "viewer" | "billing";
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
                    "application/json": components["schemas"]["NewInvitation"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
            /** @description `already_completed`: A request with this Idempotency-Key was completed; its secret is shown only once. `already_exists`: This exists already. `request_in_flight`: A request with this Idempotency-Key is still running. */
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
    resendInvitation: {
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
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewInvitation"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    revokeInvitation: {
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
            /** @description Its link stops working. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    readInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description From the link of the invitation.
                     * @example kQ7…
                     */
                    token: string;
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
                    "application/json": components["schemas"]["OpenInvitation"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
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
            /** @description `link_expired`: The link has expired, was used up or was revoked: ask for a new one. */
            410: {
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
    acceptInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description From the link of the invitation.
                     * @example kQ7…
                     */
                    token: string;
                    /** @example Ada Lovelace */
                    name?: string;
                    /**
                     * @description 8 to 128 characters; not one of those that are tried first, and not the e-mail address.
                     * @example correct horse battery staple
                     */
                    password?: string;
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
                    "application/json": components["schemas"]["JoinedOrganization"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. `weak_password`: The password is too easy to guess. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `registration_closed`: Accounts are made by invitation or by the operator here. */
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
            /** @description `link_expired`: The link has expired, was used up or was revoked: ask for a new one. */
            410: {
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
                     * @description 8 to 128 characters; not one of those that are tried first, and not the e-mail address.
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
            /** @description `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. `weak_password`: The password is too easy to guess. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `organization_suspended`: The organization is suspended. */
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
                    /** @description What the key may do, as far as its owner's role allows it; `pins:*` is all of pins. By default files:read, files:write, pins:read, pins:write. */
                    scopes?: ("files:read" | "files:write" | "pins:read" | "pins:write" | "gateways:read" | "gateways:write" | "ipns:read" | "ipns:write" | "organization:read" | "organization:write" | "members:read" | "members:write" | "billing:read" | "billing:write" | "audit:read" | "admin:read" | "admin:write" | "files:*" | "pins:*" | "gateways:*" | "ipns:*" | "organization:*" | "members:*" | "billing:*" | "audit:*" | "admin:*")[];
                    /**
                     * Format: date-time
                     * @description When the key stops working; never by default.
                     * @example 2030-01-01T00:00:00Z
                     */
                    expiresAt?: string;
                    /** @description How many requests it is good for, exactly; any number by default. */
                    maxUses?: number;
                    /**
                     * @description Addresses and CIDR blocks that it works from; anywhere by default.
                     * @example [
                     *       "192.0.2.0/24"
                     *     ]
                     */
                    allowedAddresses?: string[];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    rotateApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "graceSeconds": 86400
                 *     }
                 */
                "application/json": {
                    /**
                     * @description How long the secret until now works on: up to 7 days.
                     * @default 0
                     */
                    graceSeconds?: number;
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    listOrganizations: {
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
                    "application/json": components["schemas"]["OrganizationList"];
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
    createOrganization: {
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
                 *       "name": "Compilers"
                 *     }
                 */
                "application/json": {
                    /** @example Ada Lovelace */
                    name: string;
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
                    "application/json": components["schemas"]["Organization"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `quota_exceeded`: A limit of the organization is reached. `registration_closed`: Accounts are made by invitation or by the operator here. */
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
            /** @description `not_configured`: The operator has not configured this. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOrganization: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                organizationId: string;
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
                    "application/json": components["schemas"]["Organization"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    changeOrganization: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                organizationId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Compilers",
                 *       "defaultVisibility": "public"
                 *     }
                 */
                "application/json": {
                    /** @example Ada Lovelace */
                    name?: string;
                    /**
                     * @description Of uploads that do not say; those that are there stay as they are.
                     * @enum {string}
                     */
                    defaultVisibility?: "public" | "private";
                    /** @description Of pins and uploads that do not say, within the plan’s `replicationMax`; those that are there stay as they are. Null: the platform’s. */
                    defaultReplication?: {
                        /** @description So many nodes have to confirm a copy before it is `pinned`. */
                        min: number;
                        /** @description So many copies are made, as far as there are nodes. */
                        max: number;
                        /** @description Each has to have one of the copies; a zone is what operators say of nodes. */
                        zones: string[];
                    } | null;
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
                    "application/json": components["schemas"]["Organization"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    listMembers: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                organizationId: string;
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
                    "application/json": components["schemas"]["MemberPage"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    removeMember: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                organizationId: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They are no member any more. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
            /** @description `last_owner`: An organization keeps at least one owner. */
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
    changeMemberRole: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                organizationId: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "role": "viewer"
                 *     }
                 */
                "application/json": {
                    /** @enum {string} */
                    role: "owner" | "admin" | "developer" | "viewer" | "billing";
                };
            };
        };
        responses: {
            /** @description The member has the role. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
            /** @description `last_owner`: An organization keeps at least one owner. */
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
    leaveOrganization: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                organizationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller is no member any more. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
            /** @description `last_owner`: An organization keeps at least one owner. */
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
    setOrganizationState: {
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
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "state": "read-only",
                 *       "reason": "The invoice of March is open."
                 *     }
                 */
                "application/json": {
                    /** @enum {string} */
                    state: "active" | "read-only" | "suspended";
                    /** @description Told to the members, and kept in the audit log. */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description It holds everywhere; gateways serve what they may and no more. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
            /** @description It holds; some gateway withholds or shows what it has to in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. */
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
    listPlans: {
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
                    "application/json": components["schemas"]["PlanList"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. */
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
    putPlan: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                /** @description Small letters, digits and `-`. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "storageBytes": 10737418240,
                 *       "files": 100000,
                 *       "maxFileBytes": 1073741824,
                 *       "bandwidthBytesPerMonth": 107374182400,
                 *       "requestsPerMonth": 10000000,
                 *       "replicationMax": 2
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Bytes of distinct content that an organization may keep.
                     * @default null
                     */
                    storageBytes?: number | null;
                    /**
                     * @description Files and folders, each upload counted once.
                     * @default null
                     */
                    files?: number | null;
                    /**
                     * @description The largest file, or folder, of one upload.
                     * @default null
                     */
                    maxFileBytes?: number | null;
                    /**
                     * @description Bytes that the API sends in a month (UTC).
                     * @default null
                     */
                    bandwidthBytesPerMonth?: number | null;
                    /**
                     * @description Authenticated requests in a month (UTC).
                     * @default null
                     */
                    requestsPerMonth?: number | null;
                    /**
                     * @description Copies that a pin may ask for.
                     * @default null
                     */
                    replicationMax?: number | null;
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
                    "application/json": components["schemas"]["Plan"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. */
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
            /** @description `conflict`: This is in conflict with the current state. */
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
    deletePlan: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                /** @description Small letters, digits and `-`. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. */
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
    setOrganizationPlan: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                /** @description An organization's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "plan": "trial"
                 *     }
                 */
                "application/json": {
                    /** @description Small letters, digits and `-`. */
                    plan: string;
                    /** @description Bytes, in place of the plan's; null goes back to the plan. Unchanged when it is not given. */
                    storageLimit?: number | null;
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
                    "application/json": components["schemas"]["OrganizationPlan"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. */
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
    listNodes: {
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
                    "application/json": components["schemas"]["NodeList"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. */
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
    addNode: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://10.0.0.2:5001",
                 *       "token": "secret",
                 *       "network": "public",
                 *       "zone": "b"
                 *     }
                 */
                "application/json": {
                    /** @description Of its RPC, such as `https://10.0.0.2:5001`, without a path. It is told nobody. */
                    url: string;
                    /** @description The secret of its `API.Authorizations`; needed unless it is on this machine. Kept sealed, and told nobody. */
                    token?: string;
                    /** @description By default the host and port of the address. */
                    name?: string;
                    /**
                     * @description `private` for a node with a swarm key of its own. It stays what it is.
                     * @default public
                     * @enum {string}
                     */
                    network?: "public" | "private";
                    /**
                     * @description Where it stands.
                     * @default
                     */
                    zone?: string;
                    /** @default {} */
                    labels?: {
                        [key: string]: string;
                    };
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
                    "application/json": components["schemas"]["Node"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. */
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
            /** @description `already_exists`: This exists already. `conflict`: This is in conflict with the current state. */
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
    removeNode: {
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
            /** @description Removed. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. */
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
    changeNode: {
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
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "intent": "draining"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description `draining`: takes nothing more, and is emptied; each copy goes when it is confirmed elsewhere.
                     * @enum {string}
                     */
                    intent?: "active" | "draining";
                    /** @description Where it stands. A zone that KUBO_NODES gives is set again at each start. */
                    zone?: string;
                    /** @description Instead of those that it has. */
                    labels?: {
                        [key: string]: string;
                    };
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
                    "application/json": components["schemas"]["Node"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. */
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
            /** @description `conflict`: This is in conflict with the current state. */
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
    repairContent: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description Of a root that somebody pins. */
                cid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Repair"];
                };
            };
            /** @description `invalid_cid`: This is not a valid CID. `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_request`: The request is not valid. `unsupported_cid`: This CID uses a codec, hash or size that is not supported. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. */
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
    listTakedowns: {
        parameters: {
            query?: {
                /** @description How many, 1 to 1000. */
                limit?: number;
                /** @description `nextCursor` of the page before. Bound to the filters that it was made with. */
                cursor?: string;
                /** @description Only those of this content, in any encoding. */
                cid?: string;
                state?: "in-force" | "lifted";
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
                    "application/json": components["schemas"]["TakedownList"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. */
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
    createTakedown: {
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
                 *       "cid": "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
                 *       "caseNumber": "2026-114",
                 *       "reason": "An order of the court of Exampleton."
                 *     }
                 */
                "application/json": {
                    /** @description In any encoding: every encoding, codec and path of it goes. */
                    cid: string;
                    /** @description Told to those who have it pinned. */
                    caseNumber: string;
                    /** @description For operators and the audit log. */
                    reason: string;
                    /**
                     * @description What gateways answer: 451 where the law asks for it, 410 otherwise.
                     * @default 451
                     * @enum {number}
                     */
                    status?: 410 | 451;
                };
            };
        };
        responses: {
            /** @description In force everywhere. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Takedown"];
                };
            };
            /** @description In force; some gateway follows in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Takedown"];
                };
            };
            /** @description `invalid_cid`: This is not a valid CID. `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. `unsupported_cid`: This CID uses a codec, hash or size that is not supported. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. */
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
    liftTakedown: {
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
            /** @description Lifted everywhere. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Takedown"];
                };
            };
            /** @description Lifted; some gateway follows in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Takedown"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. */
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
    addGatewayDomain: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "domain": "files.example.org"
                 *     }
                 */
                "application/json": {
                    /** @description Such as `files.example.org`: no port, no wildcard. */
                    domain: string;
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
                    "application/json": components["schemas"]["GatewayDomain"];
                };
            };
            /** @description Some gateway follows in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayDomain"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
    verifyGatewayDomain: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
                domainId: string;
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
                    "application/json": components["schemas"]["GatewayDomain"];
                };
            };
            /** @description Some gateway follows in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayDomain"];
                };
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
            /** @description `unavailable`: The service is not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeGatewayDomain: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                id: string;
                domainId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Some gateway follows in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is not served any more. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    listGateways: {
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
                    "application/json": components["schemas"]["GatewayList"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    createGateway: {
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
                 *       "name": "acme-files",
                 *       "allowedAddresses": [
                 *         "192.0.2.0/24"
                 *       ],
                 *       "requestsPerMinute": 6000
                 *     }
                 */
                "application/json": {
                    /** @description A label below the gateway’s host, of all organizations together. */
                    name: string;
                    /**
                     * @description `pinned`: serves what this platform holds.
                     * @default pinned
                     * @enum {string}
                     */
                    mode?: "pinned";
                    /**
                     * @description Whether one of its tokens has to be shown: `?token=`, or a header.
                     * @default true
                     */
                    tokenRequired?: boolean;
                    /**
                     * @description Addresses and CIDR blocks of visitors; empty: any.
                     * @default []
                     */
                    allowedAddresses?: string[];
                    /**
                     * @description Hosts by which it answers, of those that it has; empty: any.
                     * @default []
                     */
                    allowedHosts?: string[];
                    /**
                     * @description Hosts of pages whose requests it answers, by `Referer`; without that header there is no answer then. `*.example.org` is every host below. Empty: any.
                     * @default []
                     */
                    allowedReferrers?: string[];
                    /**
                     * @description Of all visitors together, in each gateway process; null: any number.
                     * @default null
                     */
                    requestsPerMinute?: number | null;
                    /**
                     * @description The same for bytes that are sent.
                     * @default null
                     */
                    bytesPerMinute?: number | null;
                    /**
                     * @description What is shown at `/`: a content path.
                     * @default null
                     */
                    indexPath?: string | null;
                    /**
                     * @description What is shown, with 404, where there is nothing.
                     * @default null
                     */
                    notFoundPath?: string | null;
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
                    "application/json": components["schemas"]["Gateway"];
                };
            };
            /** @description Some gateway follows in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gateway"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
    getGateway: {
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
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gateway"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    deleteGateway: {
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
            /** @description Some gateway follows in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It answers no more. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    changeGateway: {
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
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "requestsPerMinute": 600
                 *     }
                 */
                "application/json": {
                    /**
                     * @description `pinned`: serves what this platform holds.
                     * @enum {string}
                     */
                    mode?: "pinned";
                    /** @description Whether one of its tokens has to be shown: `?token=`, or a header. */
                    tokenRequired?: boolean;
                    /** @description Addresses and CIDR blocks of visitors; empty: any. */
                    allowedAddresses?: string[];
                    /** @description Hosts by which it answers, of those that it has; empty: any. */
                    allowedHosts?: string[];
                    /** @description Hosts of pages whose requests it answers, by `Referer`; without that header there is no answer then. `*.example.org` is every host below. Empty: any. */
                    allowedReferrers?: string[];
                    /** @description Of all visitors together, in each gateway process; null: any number. */
                    requestsPerMinute?: number | null;
                    /** @description The same for bytes that are sent. */
                    bytesPerMinute?: number | null;
                    /** @description What is shown at `/`: a content path. */
                    indexPath?: string | null;
                    /** @description What is shown, with 404, where there is nothing. */
                    notFoundPath?: string | null;
                };
            };
        };
        responses: {
            /** @description In force everywhere. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gateway"];
                };
            };
            /** @description Some gateway follows in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gateway"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    createGatewayToken: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "the website"
                 *     }
                 */
                "application/json": {
                    name: string;
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
                    "application/json": components["schemas"]["CreatedGatewayToken"];
                };
            };
            /** @description Some gateway follows in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedGatewayToken"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
    revokeGatewayToken: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                id: string;
                tokenId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Some gateway follows in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It opens nothing any more. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    listGroups: {
        parameters: {
            query?: {
                /** @description How many, 1 to 1000. */
                limit?: number;
                /** @description `nextCursor` of the page before. Bound to the filters that it was made with. */
                cursor?: string;
                /** @description Only the group of exactly this name. */
                name?: string;
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
                    "application/json": components["schemas"]["GroupList"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    createGroup: {
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
                 *       "name": "photos",
                 *       "replication": {
                 *         "min": 2,
                 *         "max": 3,
                 *         "zones": []
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @description Of no other group of the organization. 1 to 100 characters, which are kept composed (NFC). */
                    name: string;
                    /**
                     * @description Of its pins that do not say, within the plan’s `replicationMax`. Null: the organization’s.
                     * @default null
                     */
                    replication?: {
                        /** @description So many nodes have to confirm a copy before it is `pinned`. */
                        min: number;
                        /** @description So many copies are made, as far as there are nodes. */
                        max: number;
                        /** @description Each has to have one of the copies; a zone is what operators say of nodes. */
                        zones: string[];
                    } | null;
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
                    "application/json": components["schemas"]["Group"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
    getGroup: {
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
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    deleteGroup: {
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
            /** @description No Content */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    changeGroup: {
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
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "replication": {
                 *         "min": 2,
                 *         "max": 3,
                 *         "zones": []
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @description Of no other group of the organization. 1 to 100 characters, which are kept composed (NFC). */
                    name?: string;
                    /** @description Of its pins that do not say, within the plan’s `replicationMax`. Null: the organization’s. */
                    replication?: {
                        /** @description So many nodes have to confirm a copy before it is `pinned`. */
                        min: number;
                        /** @description So many copies are made, as far as there are nodes. */
                        max: number;
                        /** @description Each has to have one of the copies; a zone is what operators say of nodes. */
                        zones: string[];
                    } | null;
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
                    "application/json": components["schemas"]["Group"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
            /** @description `already_exists`: This exists already. */
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
    addToGroup: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "pins": [
                 *         "019ac5e0-0000-7000-8000-000000000001"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Requestids.
                     * @default []
                     */
                    pins?: string[];
                    /**
                     * @description Ids of files; the pin of each goes along.
                     * @default []
                     */
                    files?: string[];
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
                    "application/json": components["schemas"]["MovedMembers"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    removeFromGroup: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "pins": [
                 *         "019ac5e0-0000-7000-8000-000000000001"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Requestids.
                     * @default []
                     */
                    pins?: string[];
                    /**
                     * @description Ids of files; the pin of each goes along.
                     * @default []
                     */
                    files?: string[];
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
                    "application/json": components["schemas"]["MovedMembers"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    listIpnsKeys: {
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
                    "application/json": components["schemas"]["IpnsKeyList"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    createIpnsKey: {
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
                 *       "label": "the website"
                 *     }
                 */
                "application/json": {
                    /** @description What you call it; once in an organization. */
                    label: string;
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
                    "application/json": components["schemas"]["IpnsKey"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
    getIpnsKey: {
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
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IpnsKey"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    deleteIpnsKey: {
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
            /** @description Deleted; some gateway follows in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No gateway follows the name by what was kept here. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    exportIpnsKey: {
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
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "correct horse battery staple",
                 *       "confirm": "k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8"
                 *     }
                 */
                "application/json": {
                    /** @description The current password. */
                    password?: string;
                    /** @description In place of the password: from `POST /auth/confirmations`, or from the sign-in provider by the dashboard. Good once. */
                    confirmation?: string;
                    /** @description The IPNS name of the key, so that nothing is exported by a slip of the hand. */
                    confirm: string;
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
                    "application/json": components["schemas"]["ExportedIpnsKey"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_credentials`: The e-mail address or the password is wrong. `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    listIpnsNames: {
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
                    "application/json": components["schemas"]["IpnsNameList"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    publishIpnsName: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "value": "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
                 *       "lifetimeSeconds": 7776000,
                 *       "ttlSeconds": 300
                 *     }
                 */
                "application/json": {
                    /** @description A CID, or a content path. */
                    value: string;
                    /**
                     * @description How long the record is valid; owners are warned before its end.
                     * @default 7776000
                     */
                    lifetimeSeconds?: number;
                    /**
                     * @description How long resolvers may keep it without asking again.
                     * @default 300
                     */
                    ttlSeconds?: number;
                };
            };
        };
        responses: {
            /** @description In force in every gateway. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IpnsPublication"];
                };
            };
            /** @description In force; some gateway follows in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IpnsPublication"];
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
            /** @description `content_denied`: This content is denied here: it is neither pinned nor stored. `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
            /** @description `conflict`: This is in conflict with the current state. `request_in_flight`: A request with this Idempotency-Key is still running. */
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
    listIpnsPublications: {
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
                id: string;
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
                    "application/json": components["schemas"]["IpnsPublicationPage"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    readUsage: {
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
                    "application/json": components["schemas"]["Usage"];
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
            /** @description `cross_site_request`: The request comes from another site. `organization_suspended`: The organization is suspended. */
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
    listAuditLog: {
        parameters: {
            query?: {
                /** @description Rows of this time or later. */
                from?: string;
                /** @description Rows before this time. */
                to?: string;
                /** @description One action, such as `file.uploaded` or `deleteFiles`. */
                action?: string;
                /** @description An actor's pseudonym, or the id of a user. */
                actor?: string;
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
                    "application/json": components["schemas"]["AuditPage"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    exportAuditLog: {
        parameters: {
            query?: {
                /** @description Rows of this time or later. */
                from?: string;
                /** @description Rows before this time. */
                to?: string;
                /** @description One action, such as `file.uploaded` or `deleteFiles`. */
                action?: string;
                /** @description An actor's pseudonym, or the id of a user. */
                actor?: string;
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
            /** @description The rows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    eraseAccount: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The current password. */
                    password?: string;
                    /** @description In place of the password: from `POST /auth/confirmations`, or from the sign-in provider by the dashboard. Good once. */
                    confirmation?: string;
                    /** @description My e-mail address. */
                    confirm: string;
                };
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasureStarted"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_credentials`: The e-mail address or the password is wrong. `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
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
            /** @description `conflict`: This is in conflict with the current state. `last_owner`: An organization keeps at least one owner. */
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
    eraseOrganization: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                organizationId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The current password. */
                    password?: string;
                    /** @description In place of the password: from `POST /auth/confirmations`, or from the sign-in provider by the dashboard. Good once. */
                    confirmation?: string;
                    /** @description The organization's slug. */
                    confirm: string;
                };
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasureStarted"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_credentials`: The e-mail address or the password is wrong. `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
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
            /** @description `conflict`: This is in conflict with the current state. */
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
    readErasureReceipt: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description From the answer to the erasure. */
                    token: string;
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
                    "application/json": components["schemas"]["ErasureReceipt"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
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
    eraseTenant: {
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
        requestBody: {
            content: {
                "application/json": {
                    /** @description The current password. */
                    password?: string;
                    /** @description In place of the password: from `POST /auth/confirmations`, or from the sign-in provider by the dashboard. Good once. */
                    confirmation?: string;
                    /** @description The organization's slug. */
                    confirm: string;
                };
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasureStarted"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_credentials`: The e-mail address or the password is wrong. `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
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
            /** @description `conflict`: This is in conflict with the current state. `last_owner`: An organization keeps at least one owner. */
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
    eraseUser: {
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
        requestBody: {
            content: {
                "application/json": {
                    /** @description The current password. */
                    password?: string;
                    /** @description In place of the password: from `POST /auth/confirmations`, or from the sign-in provider by the dashboard. Good once. */
                    confirmation?: string;
                    /** @description The user's e-mail address. */
                    confirm: string;
                };
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasureStarted"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_credentials`: The e-mail address or the password is wrong. `invalid_token`: The token is not valid or has expired. `unauthenticated`: Sign in or send a valid API key. */
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
            /** @description `conflict`: This is in conflict with the current state. `last_owner`: An organization keeps at least one owner. */
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
    streamEvents: {
        parameters: {
            query?: {
                /** @description The id of the last event that was read; from now on without one. */
                after?: string;
                /** @description How many, 1 to 1000. */
                limit?: number;
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
            /** @description Events, in their order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                    /**
                     * @example id: 812-90
                     *     event: pin.status-changed
                     *     data: {"id":"812-90","kind":"pin.status-changed"}
                     */
                    "text/event-stream": string;
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `organization_suspended`: The organization is suspended. */
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
            /** @description `unavailable`: The service is not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportAccount: {
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
            /** @description A tar. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-tar": Blob;
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
    exportOrganization: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                organizationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A tar. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-tar": Blob;
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
                /** @description Only public files whose name starts with this. */
                namePrefix?: string;
                /** @description Only this media type, whatever its parameters; `image/*` for all images. */
                contentType?: string;
                /** @description Only files whose pin has this status. */
                status?: "queued" | "pinning" | "pinned" | "degraded" | "failed";
                /** @description Only files of this group. */
                group?: string;
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    changeVisibility: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                /** @description The file's id. */
                hash: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "visibility": "public"
                 *     }
                 */
                "application/json": {
                    /** @enum {string} */
                    visibility: "public" | "private";
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
                    "application/json": components["schemas"]["UploadedFile"];
                };
            };
            /** @description `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
            /** @description `conflict`: This is in conflict with the current state. `public_is_final`: What was public cannot become private. */
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
    listLinks: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before. Bound to the filters that it was made with. */
                cursor?: string;
            };
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                /** @description The file's id. */
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
                    "application/json": components["schemas"]["LinkPage"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    createLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The file's id. */
                hash: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "expiresInSeconds": 86400,
                 *       "maxDownloads": 3
                 *     }
                 */
                "application/json": {
                    /**
                     * @description To tell it from others in the list.
                     * @default
                     */
                    name?: string;
                    /** @description How long the link works; the operator sets the longest time (`LINK_MAX_AGE`). */
                    expiresInSeconds: number;
                    /** @description Asked for beside the link: in the header Holdfast-Link-Password, or by a page. Stored hashed. */
                    password?: string;
                    /** @description How many downloads it is good for, exactly. */
                    maxDownloads?: number;
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
                    "application/json": components["schemas"]["NewLink"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
    revokeLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                /** @description The file's id. */
                hash: string;
                linkId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked; some gateway cuts what is under way in a moment. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Revoked, and every gateway knows. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    listUploads: {
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
                    "application/json": components["schemas"]["UploadList"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    createUpload: {
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
        requestBody?: {
            content: {
                "application/offset+octet-stream": Blob;
            };
        };
        responses: {
            /** @description `Location` is where the bytes go. `Holdfast-File` and `Holdfast-Cid` when it is whole already. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_metadata`: The metadata is not valid. `invalid_name`: The name cannot be used. `invalid_request`: The request is not valid. `truncated_body`: The body ended before it was complete. */
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
            /** @description `content_denied`: This content is denied here: it is neither pinned nor stored. `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
            /** @description `conflict`: This is in conflict with the current state. `offset_mismatch`: The bytes do not begin where the upload stands. `request_in_flight`: A request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `upload_gone`: The upload is gone: start it again. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: A condition of the request does not hold. */
            412: {
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
            /** @description `checksum_mismatch`: The bytes do not have the checksum that was sent with them. */
            460: {
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
    getUploadOptions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `Tus-Version`, `Tus-Extension`, `Tus-Max-Size`, `Tus-Checksum-Algorithm`. */
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
    getUpload: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                /** @description The upload's id. */
                upload: string;
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
                    "application/json": components["schemas"]["Upload"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
            /** @description `upload_gone`: The upload is gone: start it again. */
            410: {
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
    terminateUpload: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                /** @description The upload's id. */
                upload: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its bytes are gone. A file that was made of it stays. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
            /** @description `upload_gone`: The upload is gone: start it again. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: A condition of the request does not hold. */
            412: {
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
    appendToUpload: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                /** @description The upload's id. */
                upload: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/offset+octet-stream": Blob;
            };
        };
        responses: {
            /** @description `Upload-Offset`; `Holdfast-File` and `Holdfast-Cid` once the file is stored and pinned. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_request`: The request is not valid. `truncated_body`: The body ended before it was complete. */
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
            /** @description `content_denied`: This content is denied here: it is neither pinned nor stored. `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
            /** @description `conflict`: This is in conflict with the current state. `offset_mismatch`: The bytes do not begin where the upload stands. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `upload_gone`: The upload is gone: start it again. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: A condition of the request does not hold. */
            412: {
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
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `checksum_mismatch`: The bytes do not have the checksum that was sent with them. */
            460: {
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
    createUploadFolder: {
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
                 *       "name": "photos",
                 *       "entries": [
                 *         {
                 *           "path": "photos/a.jpg",
                 *           "size": 123456
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["NewUploadFolder"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedUploadFolder"];
                };
            };
            /** @description `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_json`: The body is not valid JSON. `invalid_metadata`: The metadata is not valid. `invalid_name`: The name cannot be used. `invalid_path`: The path is not valid. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
    getUploadFolder: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                /** @description The folder's id. */
                folder: string;
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
                    "application/json": components["schemas"]["UploadFolder"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
            /** @description `upload_gone`: The upload is gone: start it again. */
            410: {
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
    deleteUploadFolder: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                /** @description The folder's id. */
                folder: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its staged bytes are gone. A file that was made of it stays. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
            /** @description `upload_gone`: The upload is gone: start it again. */
            410: {
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
    listUploadFolderEntries: {
        parameters: {
            query?: {
                /** @description How many, 1 to 10,000. */
                limit?: number;
                /** @description `nextCursor` of the page before. Bound to the filters that it was made with. */
                cursor?: string;
                /** @description Only files whose bytes are not whole. */
                state?: "missing";
            };
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                /** @description The folder's id. */
                folder: string;
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
                    "application/json": components["schemas"]["UploadFolderEntries"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
            /** @description `upload_gone`: The upload is gone: start it again. */
            410: {
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
    completeUploadFolder: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
                /** @description Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The folder's id. */
                folder: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedFile"];
                };
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
            /** @description `conflict`: This is in conflict with the current state. `request_in_flight`: A request with this Idempotency-Key is still running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `upload_gone`: The upload is gone: start it again. */
            410: {
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
    exportCar: {
        parameters: {
            query?: {
                /** @description A path from the root, with `/`: only what lies there, with the blocks that lead to it. */
                path?: string;
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
            /** @description The CAR. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.ipld.car": Blob;
                };
            };
            /** @description The tag is still right. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_cid`: This is not a valid CID. `invalid_path`: The path is not valid. `invalid_request`: The request is not valid. `unsupported_cid`: This CID uses a codec, hash or size that is not supported. */
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
            /** @description `content_denied`: This content is denied here: it is neither pinned nor stored. `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
            /** @description `invalid_dag`: The blocks behind this CID do not form what they claim to be. */
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
            /** @description `not_supported`: This is not supported. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listImports: {
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
                    "application/json": components["schemas"]["KeptImportList"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    getImport: {
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
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptImport"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    deleteImport: {
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
            /** @description Deleted. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    inferParameters: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "cid": "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"
                 *     }
                 */
                "application/json": {
                    /** @description A root that the organization holds. */
                    cid: string;
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
                    "application/json": components["schemas"]["Inference"];
                };
            };
            /** @description `invalid_cid`: This is not a valid CID. `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. `unsupported_cid`: This CID uses a codec, hash or size that is not supported. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
            /** @description `invalid_dag`: The blocks behind this CID do not form what they claim to be. */
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
            /** @description `not_supported`: This is not supported. */
            501: {
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
                /** @description Only pins of this group. */
                group?: string;
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
                 *       "name": "photos",
                 *       "expiresAt": "2199-12-31T23:59:59Z"
                 *     }
                 */
                "application/json": {
                    name?: string;
                    /** @description At most 16 KiB and depth 8. */
                    meta?: {
                        [key: string]: unknown;
                    };
                    /** @description Within the plan’s `replicationMax`. What is left out follows from its group’s policy, or else from the organization’s default. */
                    replication?: {
                        /** @description So many nodes have to confirm a copy before it is `pinned`. */
                        min?: number;
                        /** @description So many copies are made, as far as there are nodes; at least `min`. */
                        max?: number;
                        /** @description Each has to have one of the copies; at most `max`. */
                        zones?: string[];
                    };
                    /**
                     * Format: uuid
                     * @description The id of the group that it goes into.
                     */
                    group?: string;
                    /**
                     * Format: date-time
                     * @description RFC 3339: when it goes by itself.
                     */
                    expiresAt?: string;
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
            /** @description `content_denied`: This content is denied here: it is neither pinned nor stored. `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    changePins: {
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
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "replication": {
                 *         "min": 2,
                 *         "max": 3,
                 *         "zones": [
                 *           "a",
                 *           "b"
                 *         ]
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @description In place of the policy that they have; `{}` is the default. */
                    replication?: {
                        /** @description So many nodes have to confirm a copy before it is `pinned`. */
                        min?: number;
                        /** @description So many copies are made, as far as there are nodes; at least `min`. */
                        max?: number;
                        /** @description Each has to have one of the copies; at most `max`. */
                        zones?: string[];
                    };
                    /** @description RFC 3339: when they go by themselves; null: never. */
                    expiresAt?: string | null;
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
                    "application/json": components["schemas"]["ChangedPins"];
                };
            };
            /** @description `invalid_cid`: This is not a valid CID. `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. `unsupported_cid`: This CID uses a codec, hash or size that is not supported. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
            /** @description `not_in_private`: This cannot be done in private. */
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
    getPinStatus: {
        parameters: {
            query?: {
                /** @description How many, 1 to 1000. */
                limit?: number;
                /** @description `nextCursor` of the page before. Bound to the filters that it was made with. */
                cursor?: string;
                /** @description `network` asks others in the public network who has it: up to 15 seconds, and an answer of the last minute is told again. */
                check?: "network";
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    retryPins: {
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
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetriedPins"];
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    retryFailedPins: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path?: never;
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
                    /** @description Only pins of this CID; v0 and v1 are the same. */
                    cid?: string;
                    /** @description Only pins of exactly this name. */
                    name?: string;
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
                    "application/json": components["schemas"]["RetriedPins"];
                };
            };
            /** @description `invalid_cid`: This is not a valid CID. `invalid_json`: The body is not valid JSON. `invalid_request`: The request is not valid. `unknown_field`: The body has a field that is not known here. `unsupported_cid`: This CID uses a codec, hash or size that is not supported. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
    importOrganization: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
            };
            path: {
                organizationId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/x-tar": Blob;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportedArchive"];
                };
            };
            /** @description `invalid_car`: The body is not a valid CAR. `invalid_request`: The request is not valid. */
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
            /** @description `content_denied`: This content is denied here: it is neither pinned nor stored. `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
            /** @description `incomplete_dag`: Blocks of the DAG are missing. `not_in_private`: This cannot be done in private. */
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
    uploadFile: {
        parameters: {
            query?: {
                /** @description Who may read it: everybody who knows the CID, or the organization alone. By default as the organization says. */
                visibility?: "public" | "private";
                /** @description The id of the group that it goes into. */
                group?: string;
            };
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
            /** @description `content_denied`: This content is denied here: it is neither pinned nor stored. `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
    importCar: {
        parameters: {
            query?: {
                /** @description The name to store; by default the part's filename without `.car`, else the root's CID. */
                name?: string;
                /** @description What to do when blocks are missing: refuse the CAR, or keep what is there until they come. */
                incomplete?: "refuse" | "keep";
                /** @description A kept import that this CAR goes on with; its roots are taken. */
                continues?: string;
                /** @description As the organization says by default. In private a CAR has one root, and all of its blocks. */
                visibility?: "public" | "private";
                /** @description The id of the group that its files go into, once it is whole. */
                group?: string;
                /** @description The root, for a CAR whose header lists none. */
                root?: string;
            };
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
                "application/vnd.ipld.car": Blob;
                "multipart/form-data": {
                    /**
                     * Format: binary
                     * @description The CAR.
                     */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description All DAGs are whole, stored and pinned. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportedCar"];
                };
            };
            /** @description Blocks are missing; what is there is kept. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncompleteCar"];
                };
            };
            /** @description `invalid_car`: The body is not a valid CAR. `invalid_cid`: This is not a valid CID. `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_multipart`: The multipart body is not valid. `invalid_name`: The name cannot be used. `invalid_request`: The request is not valid. `missing_file`: The multipart body has no part named "file". `truncated_body`: The body ended before it was complete. `unknown_field`: The body has a field that is not known here. `unsupported_cid`: This CID uses a codec, hash or size that is not supported. */
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
            /** @description `content_denied`: This content is denied here: it is neither pinned nor stored. `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. `quota_exceeded`: A limit of the organization is reached. */
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
            /** @description `conflict`: This is in conflict with the current state. `request_in_flight`: A request with this Idempotency-Key is still running. */
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
            /** @description `car_without_roots`: The CAR names no root. `idempotency_key_reuse`: The Idempotency-Key was used for another request. `incomplete_dag`: Blocks of the DAG are missing. `not_in_private`: This cannot be done in private. */
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
    reckonCid: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the organization to act in; by default the API key's, or the user's first. */
                "Holdfast-Org"?: components["parameters"]["HoldfastOrg"];
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
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReckonedCid"];
                };
            };
            /** @description `invalid_metadata`: The metadata is not valid. `invalid_multipart`: The multipart body is not valid. `invalid_name`: The name cannot be used. `invalid_path`: The path is not valid. `invalid_request`: The request is not valid. `missing_file`: The multipart body has no part named "file". `truncated_body`: The body ended before it was complete. `unknown_field`: The body has a field that is not known here. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_suspended`: The organization is suspended. */
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
    bulkPin: {
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
                /** @example {"cid":"bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e","name":"photos","meta":{"album":"1"}} */
                "application/x-ndjson": string;
                /** @example {"cid":"bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e","name":"photos","meta":{"album":"1"}} */
                "application/ndjson": string;
                /** @example {"cid":"bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e","name":"photos","meta":{"album":"1"}} */
                "application/jsonl": string;
                /**
                 * @example cid,name,meta
                 *     bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e,photos,"{""album"":""1""}"
                 */
                "text/csv": string;
            };
        };
        responses: {
            /** @description A result for each line, then a summary. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {"line":1,"requestid":"0190d0c0-0000-7000-8000-000000000001","cid":"bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e","status":"queued"}
                     *     {"line":2,"error":{"code":"invalid_cid","detail":"This is not a valid CID"}}
                     *     {"summary":{"lines":2,"done":1,"refused":1}}
                     */
                    "application/x-ndjson": string;
                };
            };
            /** @description `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_request`: The request is not valid. `truncated_body`: The body ended before it was complete. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
        };
    };
    bulkUnpin: {
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
                /** @example {"hash":"bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"} */
                "application/x-ndjson": string;
                /** @example {"hash":"bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"} */
                "application/ndjson": string;
                /** @example {"hash":"bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"} */
                "application/jsonl": string;
                /**
                 * @example hash
                 *     bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e
                 */
                "text/csv": string;
            };
        };
        responses: {
            /** @description A result for each line, then a summary. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {"line":1,"hash":"bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e","deleted":1}
                     *     {"line":2,"error":{"code":"not_found","detail":"There is nothing here"}}
                     *     {"summary":{"lines":2,"done":1,"refused":1}}
                     */
                    "application/x-ndjson": string;
                };
            };
            /** @description `invalid_idempotency_key`: The Idempotency-Key is not valid. `invalid_request`: The request is not valid. `truncated_body`: The body ended before it was complete. */
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
            /** @description `cross_site_request`: The request comes from another site. `forbidden`: This is not allowed. `insufficient_scope`: The API key lacks the scope that this needs. `organization_read_only`: The organization is read-only: nothing can be changed. `organization_suspended`: The organization is suspended. */
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
        };
    };
}
