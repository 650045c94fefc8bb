const KiB = 1024
const MiB = 1024 * KiB

const around = (size: number, chunk: number): number[] => [size - chunk, size - 1, size, size + 1, size + chunk]

/** The sizes at which a layout changes: chunks of both profiles, and files that fill a node of either width. */
export const VECTOR_SIZES: readonly number[] = [
  ...new Set([
    0,
    1,
    255,
    256,
    257,
    ...[256 * KiB, MiB].flatMap((chunk) => [chunk - 1, chunk, chunk + 1, 2 * chunk]),
    ...[174, 1024].flatMap((width) => [...around(width * 256 * KiB, 256 * KiB), ...around(width * MiB, MiB)]),
  ]),
].sort((a, b) => a - b)
