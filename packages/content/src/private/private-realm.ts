/** Where ciphertexts are stored: one realm for all tenants, because no two roots have a key in common. */
export const PRIVATE_REALM = 'private'
