/**
 * A stranger's text as HTML text or as an attribute: controls and marks of direction, which could make it look like another one, are
 * shown as U+FFFD.
 */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd')
