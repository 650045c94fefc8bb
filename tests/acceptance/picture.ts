import { crc32, deflateSync } from 'node:zlib'

const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}

/** A photo-like picture as a real PNG (8-bit RGB): a soft gradient with grain, so that it does not shrink to nothing. */
export const picture = (width: number, height: number): Buffer => {
  const rows = Buffer.alloc(height * (1 + width * 3))
  let grain = 1
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      grain = (Math.imul(grain, 1103515245) + 12345) >>> 0
      const noise = (grain >>> 24) % 16
      const at = y * (1 + width * 3) + 1 + x * 3
      rows[at] = (x * 239) / width + noise
      rows[at + 1] = (y * 239) / height + noise
      rows[at + 2] = 120 + noise
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  ])
}
