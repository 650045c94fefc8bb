const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** True for a UUID in its canonical lower-case form, of any version. Row ids are UUIDv7 (RFC 9562). */
export const isUuid = (text: string): boolean => UUID.test(text)
