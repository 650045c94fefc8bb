const PAIRS: readonly (readonly [offset: number, pairs: string])[] = [
  [
    0,
    '0000 0001 0061 0400 0422 0606 060e 0b77 1a45 1f8b 1f9d 1fa0 213c 2142 2321 2446 2521 2550 28b5 2d2d 2e52 3026 3037 377a 3842 3c3f ' +
      '4143 4152 4245 424c 424d 4250 425a 4357 4372 4452 4453 4578 464c 464f 4655 4657 4944 4949 494d 4953 4954 4b61 4c00 4c5a 4d41 4d4d ' +
      '4d50 4d53 4d54 4d5a 4e45 4f54 4f62 4f67 5041 504b 5245 5249 5261 5351 5745 60ea 626f 664c 6769 676c 6963 7265 736f 7474 774f 7776 ' +
      '7801 7b5c 7e10 7e18 7f45 8950 a1b2 ab4b c5d0 c771 cafe cefa cffa d0cf d4c3 edab efbb fd37 feed feff',
  ],
  [2, '270a 2d6c'],
  [4, '6672 6674 6d64 6d6f 7769'],
  [7, '2a2a'],
  [34, '4c50'],
  [36, '6163'],
  [44, '5343'],
  [60, '424f'],
  [128, '4449'],
  // Of a tar file without the word "ustar" it is zeros there that file-type looks for first.
  [257, '0000 7573'],
]

const BY_OFFSET = PAIRS.map(([offset, pairs]) => ({
  offset,
  starts: new Set(pairs.split(' ').map((pair) => Number.parseInt(pair, 16))),
}))

/** A packet of an MPEG transport stream, at the start or behind a time of four bytes. */
const PACKET = 0x47
/** Frames of MPEG audio, marks of JPEG and of UTF-16: of each that begins so one in a few is known. */
const FRAME = 0xff

/**
 * Whether `head` may begin as something that file-type knows, by the first two bytes of each of its signatures; what is behind the end counts as zeros,
 * as it does there. To ask file-type costs as much as to plan and send a small file (two buffers of 4 KiB, 150 comparisons), and of most files that
 * are no text and have no such start it has nothing to say.
 */
export const mayHaveSignature = (head: Uint8Array): boolean => {
  if (head[0] === FRAME || head[0] === PACKET || head[4] === PACKET) return true
  return BY_OFFSET.some(({ offset, starts }) => starts.has(((head[offset] ?? 0) << 8) | (head[offset + 1] ?? 0)))
}
