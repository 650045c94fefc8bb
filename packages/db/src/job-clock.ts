import { type Clock, systemClock } from 'pg-boss'

/**
 * The time for pg-boss's own timers: starts at the wall clock and never jumps. Its timers wait for what is left until a
 * date: a clock that is set back by a month asks for more than a timer holds (2^31 ms), which Node makes 1 ms of, and the
 * process spins. When jobs are due is not told by this clock but by the database's.
 */
export const jobClock: Clock = {
  ...systemClock,
  now: () => performance.timeOrigin + performance.now(),
}
