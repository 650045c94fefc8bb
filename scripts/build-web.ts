import { buildDashboard } from '../apps/platform/src/dashboard/build-dashboard.ts'
import { repositoryFolder } from '../apps/platform/src/repository-folder.ts'

/** `npm run build`: writes the dashboard's static export to apps/web/out, whether or not its sources changed. */
await buildDashboard({ repository: repositoryFolder, force: true })
