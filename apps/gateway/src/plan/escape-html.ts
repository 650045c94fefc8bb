/** What most names are made of. */
const PLAIN = /^[A-Za-z0-9 ._~-]*$/

/**
 * A stranger's text as HTML text or as an attribute: controls and marks of direction, which could make it look like another one, are
 * shown as U+FFFD.
 */
export const escapeHtml = (text: string): string =>
  PLAIN.test(text)
    ? text
    : text
        .replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
        .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd')
