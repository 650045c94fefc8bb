import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type FileSystem, makeImage, mountImage, unmount, unmountLazily } from './loop-disk.ts'
import { run } from './run-command.ts'

const GIB = 1024 ** 3
const HOST_BYTES = 8 * GIB
const DISK_BYTES = 2 * GIB

export type DiskPlan = {
  name: string
  /** Where it is mounted; a disk that is mounted inside another one stands behind it. */
  at: string
}

/**
 * Disks whose power can be cut: images on an XFS that shares extents (reflink), each behind a loop device with direct
 * I/O. Copying an image takes milliseconds and no write comes in between, so the copy is what the disk would hold had
 * the power failed then: what the kernel had not sent to the device is not in it. What the device was sent and not yet
 * told to flush is in it: a disk that loses its own cache is not what this shows (ADR 0088).
 */
export class CutDisks {
  readonly #host: string
  readonly #plans: readonly DiskPlan[]
  #generation = 0

  private constructor(host: string, plans: readonly DiskPlan[]) {
    this.#host = host
    this.#plans = plans
  }

  /** Makes and mounts them. */
  static async make(folder: string, plans: readonly DiskPlan[], fileSystem: FileSystem): Promise<CutDisks> {
    const host = join(folder, 'host')
    await makeImage(`${host}.img`, HOST_BYTES, 'xfs')
    await mountImage(`${host}.img`, host, { options: 'defaults', direct: false })
    const disks = new CutDisks(host, plans)
    for (const { name } of plans) await makeImage(disks.#image(name), DISK_BYTES, fileSystem)
    await disks.#mount('defaults')
    return disks
  }

  #image(name: string, generation = this.#generation): string {
    return join(this.#host, `${name}-${generation}.img`)
  }

  async #mount(options: string): Promise<void> {
    for (const { name, at } of this.#plans) await mountImage(this.#image(name), at, { options, direct: true })
  }

  /** Keeps what the disks hold at this moment. @returns milliseconds that it took */
  async cut(): Promise<number> {
    const since = performance.now()
    const next = this.#generation + 1
    for (const { name } of this.#plans) await run('cp', '--reflink=always', this.#image(name), this.#image(name, next))
    return performance.now() - since
  }

  /** Goes on with what was kept: mounting it replays the journal. Nothing may have a file open. */
  async powerOn(options: string): Promise<void> {
    for (const { at } of this.#plans.toReversed()) await unmount(at)
    for (const { name } of this.#plans) await rm(this.#image(name))
    this.#generation += 1
    await this.#mount(options)
  }

  async end(): Promise<void> {
    for (const { at } of this.#plans.toReversed()) await unmountLazily(at)
    await unmountLazily(this.#host)
    await rm(`${this.#host}.img`)
  }
}
