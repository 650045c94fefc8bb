/** Seconds. Short, for roles and revocation are looked up by session and never stand in the token. */
export const ACCESS_TOKEN_SECONDS = 15 * 60
