import type { ApiInstance } from './api-instance.ts'
import { type ApiKeysDeps, registerApiKeysRoutes } from './features/api-keys/routes.ts'
import { type AuditLogDeps, registerAuditLogRoutes } from './features/audit-log/routes.ts'
import { type BetterAuthRoutesDeps, registerBetterAuthRoutes } from './features/auth/better-auth-routes.ts'
import { type AddressesDeps, registerAddressesRoutes } from './features/auth/addresses/routes.ts'
import { type ConfirmationDeps, registerConfirmationRoutes } from './features/auth/confirmation/routes.ts'
import { type DeviceLoginDeps, registerDeviceLoginRoutes } from './features/auth/device-login/routes.ts'
import { type PasskeysDeps, registerPasskeysRoutes } from './features/auth/passkeys/routes.ts'
import { type AuthDeps, registerAuthRoutes } from './features/auth/routes.ts'
import { type OidcDeps, registerOidcRoutes } from './features/auth/oidc/routes.ts'
import { type RegistrationDeps, registerRegistrationRoutes } from './features/auth/registration/routes.ts'
import { registerWaysRoutes, type WaysDeps } from './features/auth/ways/routes.ts'
import { registerSecondFactorRoutes, type SecondFactorDeps } from './features/auth/second-factor/routes.ts'
import { type CarsDeps, registerCarsRoutes } from './features/cars/routes.ts'
import { type CidDeps, registerCidRoutes } from './features/cid/routes.ts'
import { type DocsDeps, registerDocsRoutes } from './features/docs/routes.ts'
import { type ErasureDeps, registerErasureRoutes } from './features/erasure/routes.ts'
import {
  type ExportDeps,
  type ImportArchiveRouteDeps,
  registerExportRoutes,
  registerImportArchiveRoutes,
} from './features/export/routes.ts'
import { type EventsDeps, registerEventsRoutes } from './features/events/routes.ts'
import { type FilesDeps, registerFilesRoutes } from './features/files/routes.ts'
import { type GroupsDeps, registerGroupsRoutes } from './features/groups/routes.ts'
import { type GatewaysDeps, registerGatewaysRoutes } from './features/gateways/routes.ts'
import { type HealthDeps, registerHealthRoutes } from './features/health/routes.ts'
import { type InvitationsDeps, registerInvitationsRoutes } from './features/invitations/routes.ts'
import { type IpnsDeps, registerIpnsRoutes } from './features/ipns/routes.ts'
import { type LinksDeps, registerLinksRoutes } from './features/links/routes.ts'
import { type OrganizationsDeps, registerOrganizationsRoutes } from './features/organizations/routes.ts'
import { type PinsDeps, registerPinsRoutes } from './features/pins/routes.ts'
import { type NodesDeps, registerNodesRoutes } from './features/nodes/routes.ts'
import { type PlansDeps, registerPlansRoutes } from './features/plans/routes.ts'
import { type PsaDeps, registerPsaRoutes } from './features/psa/routes.ts'
import { registerSetupRoutes, type SetupDeps } from './features/setup/routes.ts'
import { registerTenantsRoutes, type TenantsDeps } from './features/organizations/tenant-routes.ts'
import { registerTakedownsRoutes, type TakedownsDeps } from './features/takedowns/routes.ts'
import { registerUploadsRoutes, type UploadsDeps } from './features/uploads/routes.ts'
import { registerUsageRoutes, type UsageDeps } from './features/usage/routes.ts'
import { registerUsersRoutes, type UsersDeps } from './features/users/routes.ts'

/** What each feature's routes use; `app.ts` wires it. */
export type RouteDeps = {
  setup: SetupDeps
  auth: AuthDeps
  betterAuth: BetterAuthRoutesDeps
  secondFactor: SecondFactorDeps
  deviceLogin: DeviceLoginDeps
  /** Undefined without an OpenID provider. */
  oidc: OidcDeps | undefined
  passkeys: PasskeysDeps
  confirmation: ConfirmationDeps
  ways: WaysDeps
  addresses: AddressesDeps
  registration: RegistrationDeps
  invitations: InvitationsDeps
  users: UsersDeps
  apiKeys: ApiKeysDeps
  organizations: OrganizationsDeps
  tenants: TenantsDeps
  plans: PlansDeps
  nodes: NodesDeps
  takedowns: TakedownsDeps
  gateways: GatewaysDeps
  groups: GroupsDeps
  ipns: IpnsDeps
  usage: UsageDeps
  auditLog: AuditLogDeps
  erasure: ErasureDeps
  events: EventsDeps
  export: ExportDeps
  /** Undefined in an API without a content store. */
  files: FilesDeps | undefined
  importArchive: ImportArchiveRouteDeps | undefined
  links: LinksDeps | undefined
  uploads: UploadsDeps | undefined
  cars: CarsDeps | undefined
  cid: CidDeps | undefined
  pins: PinsDeps | undefined
  psa: PsaDeps | undefined
  health: HealthDeps | undefined
  docs: DocsDeps
}

/** Declares every route of the API. Only handlers use `deps`, so that the OpenAPI document needs none. */
export const registerRoutes = (app: ApiInstance, deps: RouteDeps): void => {
  registerSetupRoutes(app, deps.setup)
  registerAuthRoutes(app, deps.auth)
  registerBetterAuthRoutes(app, deps.betterAuth)
  registerSecondFactorRoutes(app, deps.secondFactor)
  registerDeviceLoginRoutes(app, deps.deviceLogin)
  if (deps.oidc !== undefined) registerOidcRoutes(app, deps.oidc)
  registerPasskeysRoutes(app, deps.passkeys)
  registerConfirmationRoutes(app, deps.confirmation)
  registerWaysRoutes(app, deps.ways)
  registerAddressesRoutes(app, deps.addresses)
  registerRegistrationRoutes(app, deps.registration)
  registerInvitationsRoutes(app, deps.invitations)
  registerUsersRoutes(app, deps.users)
  registerApiKeysRoutes(app, deps.apiKeys)
  registerOrganizationsRoutes(app, deps.organizations)
  registerTenantsRoutes(app, deps.tenants)
  registerPlansRoutes(app, deps.plans)
  registerNodesRoutes(app, deps.nodes)
  registerTakedownsRoutes(app, deps.takedowns)
  registerGatewaysRoutes(app, deps.gateways)
  registerGroupsRoutes(app, deps.groups)
  registerIpnsRoutes(app, deps.ipns)
  registerUsageRoutes(app, deps.usage)
  registerAuditLogRoutes(app, deps.auditLog)
  registerErasureRoutes(app, deps.erasure)
  registerEventsRoutes(app, deps.events)
  registerExportRoutes(app, deps.export)
  if (deps.importArchive !== undefined) registerImportArchiveRoutes(app, deps.importArchive)
  if (deps.files !== undefined) registerFilesRoutes(app, deps.files)
  if (deps.links !== undefined) registerLinksRoutes(app, deps.links)
  if (deps.uploads !== undefined) registerUploadsRoutes(app, deps.uploads)
  if (deps.cars !== undefined) registerCarsRoutes(app, deps.cars)
  if (deps.cid !== undefined) registerCidRoutes(app, deps.cid)
  if (deps.pins !== undefined) registerPinsRoutes(app, deps.pins)
  if (deps.psa !== undefined) registerPsaRoutes(app, deps.psa)
  if (deps.health !== undefined) registerHealthRoutes(app, deps.health)
  registerDocsRoutes(app, deps.docs)
}
