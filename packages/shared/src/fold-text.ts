/**
 * Text as it is compared where case does not matter: `Straße` and `STRASSE` are the same, so are `ΣΊΣΥΦΟΣ` and `σίσυφος`, and a letter
 * with its accent as one character or as two. Done here and stored, because databases fold by a locale that differs between them (ADR 0129).
 */
export const foldText = (text: string): string =>
  text.normalize('NFC').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFC')
