import childProcess from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import { RepeatingTask } from '@services/ipfs-manager/repeating-task'

/**
 * Loaded before the platform's program when its clock is turned. What repeats by the hour, collection first of all, runs
 * every second, or no run would be long enough to see it; and the database server, which is started with a clean
 * environment, gets the same clock.
 */

const EVERY_MS = 1_000

const start = RepeatingTask.prototype.start
RepeatingTask.prototype.start = function (this: RepeatingTask, firstAfterMs = EVERY_MS) {
  start.call(this, Math.min(firstAfterMs, EVERY_MS))
}

const handedOn = Object.fromEntries(
  ['LD_PRELOAD', 'FAKETIME_TIMESTAMP_FILE', 'FAKETIME_NO_CACHE', 'FAKETIME_DONT_FAKE_MONOTONIC', 'NO_FAKE_STAT']
    .map((name) => [name, process.env[name]])
    .filter(([, value]) => value !== undefined),
)
const { spawn } = childProcess
const withClock = (command: string, args: readonly string[], options: childProcess.SpawnOptions = {}) =>
  spawn(command, args, options.env === undefined ? options : { ...options, env: { ...options.env, ...handedOn } })
Object.assign(childProcess, { spawn: withClock })
syncBuiltinESMExports()
