/** A row's size: what the environment says, to try a row with little, or what it is measured with. */
export const sizeOf = (variable: string, full: number): number => {
  const given = process.env[variable]
  if (given === undefined) return full
  const size = Number(given)
  if (!Number.isInteger(size) || size < 1) throw new Error(`${variable} must be a whole number from 1`)
  return size
}
