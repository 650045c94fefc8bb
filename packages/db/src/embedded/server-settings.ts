/**
 * Settings of the embedded server, given at each start so that a new release can change them. Sized for a laptop
 * beside the platform itself; durability is never relaxed here.
 */
export const serverSettings = (socketDirectory: string): Record<string, string> => ({
  listen_addresses: '',
  unix_socket_directories: socketDirectory,
  unix_socket_permissions: '0700',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  max_connections: '60',
  shared_buffers: '64MB',
  effective_cache_size: '512MB',
  // Flash, or in memory: look-ups by index from small tables on.
  random_page_cost: '1.1',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  max_wal_size: '512MB',
  min_wal_size: '64MB',
  // No replica hangs on this server.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  max_worker_processes: '2',
  max_parallel_workers_per_gather: '0',
  autovacuum_max_workers: '2',
  // Saves three idle processes of PostgreSQL 18.
  io_method: 'sync',
  jit: 'off',
  huge_pages: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '',
  log_checkpoints: 'off',
  // Also puts an end to a backend whose client was killed while it waits for a lock.
  client_connection_check_interval: '2s',
})
