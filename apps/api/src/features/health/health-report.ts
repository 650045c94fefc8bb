/** A part of the platform as a probe sees it. */
export type HealthStatus =
  /** Does its work. */
  | 'ok'
  /** Does its work, and an operator must look at it. */
  | 'alarm'
  /** Does not do its work (503). */
  | 'unavailable'
  /** There is no such part in this deployment. */
  | 'not_configured'

export type HealthAlarm = { code: string; since?: string | undefined; detail?: string | undefined }

export type HealthReport = {
  status: HealthStatus
  alarms?: HealthAlarm[] | undefined
  /** For operators. */
  detail?: Record<string, unknown> | undefined
}

export const httpStatusOf = ({ status }: Pick<HealthReport, 'status'>): 200 | 503 =>
  status === 'unavailable' ? 503 : 200

/** What anybody may see: the status, and by code which alarms there are; never where, how much or why. */
export const publicReport = ({ status, alarms }: HealthReport): HealthReport => ({
  status,
  ...(alarms === undefined || alarms.length === 0 ? {} : { alarms: alarms.map(({ code }) => ({ code })) }),
})

const SEVERITY: Record<HealthStatus, number> = { not_configured: 0, ok: 1, alarm: 2, unavailable: 3 }

/** The whole is as well as its worst part. */
export const worstOf = (parts: readonly HealthReport[]): HealthStatus =>
  parts.reduce<HealthStatus>((worst, { status }) => (SEVERITY[status] > SEVERITY[worst] ? status : worst), 'ok')
