import { dataOf } from '@packages/api-client/create-client'
import { client } from './client'

/** Which program asks with this code. @throws ApiProblem `not_found`, `rate_limited` */
export const readDeviceLogin = (userCode: string) =>
  dataOf(client().POST('/api/v1/auth/device/request', { body: { userCode } }))

export type DeviceLogin = Awaited<ReturnType<typeof readDeviceLogin>>

/** @throws ApiProblem `not_found`, `rate_limited` */
export const approveDeviceLogin = async (userCode: string): Promise<void> => {
  await client().POST('/api/v1/auth/device/approve', { body: { userCode } })
}

/** @throws ApiProblem `not_found`, `rate_limited` */
export const denyDeviceLogin = async (userCode: string): Promise<void> => {
  await client().POST('/api/v1/auth/device/deny', { body: { userCode } })
}
