import { openStore } from './open-data-folder.ts'
import { runCommand } from './run-command.ts'

/**
 * `npm run store:verify`: hashes every block and checks every reference and count; one line per problem. Exit code 1
 * when there is one. The platform must not run on the data folder.
 */
await runCommand(async (tools) => {
  const store = await openStore(tools)
  let problems = 0
  for await (const event of store.verify()) {
    if (event.type === 'problem') {
      problems++
      console.log(JSON.stringify(event.problem))
    } else if (event.type === 'summary') {
      const { segments, blocks, bytes, roots } = event
      console.log(`${segments} segments, ${blocks} blocks, ${bytes} bytes, ${roots} roots: ${problems} problems.`)
    }
  }
  return problems === 0 ? 0 : 1
})
