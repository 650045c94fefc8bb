import { RepeatingTask } from '@services/ipfs-manager/repeating-task'

/**
 * Loaded before the platform's program where its word about nodes is looked at: what it does each minute or hour, asking nodes for every copy first of all, it does
 * each second, or no run would be long enough to see it.
 */

const EVERY_MS = 1_000

const start = RepeatingTask.prototype.start
RepeatingTask.prototype.start = function (this: RepeatingTask, firstAfterMs = EVERY_MS) {
  start.call(this, Math.min(firstAfterMs, EVERY_MS))
}
