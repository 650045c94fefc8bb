import { rebuildIndex } from '@packages/content/block-store/rebuild-index'
import { existingStoreDirectory, holdDataFolder } from './open-data-folder.ts'
import { runCommand } from './run-command.ts'

/**
 * `npm run store:rebuild-index`: makes the block store's index anew from its segments alone. Exit code 1 when a root is
 * not whole any more. The platform must not run on the data folder.
 */
await runCommand(async (tools) => {
  const directory = await existingStoreDirectory(tools)
  await holdDataFolder(tools)
  const result = await rebuildIndex(directory, { logger: tools.logger })
  const { segments, blocks, roots, damaged, unclaimed, broken } = result
  for (const root of broken) console.log(`Not whole: ${root.cid} (content ${root.contentId}) lacks ${root.missing}`)
  console.log(`${segments} segments, ${blocks} blocks, ${roots} roots; ${damaged} damaged places.`)
  if (unclaimed > 0)
    console.log(
      `${unclaimed} bytes are kept that no marker speaks for: an upload that was cut off, or roots that are missing now.`,
    )
  return broken.length === 0 ? 0 : 1
})
