# Shared by .ci/run and .ci/long: checks and suites that are counted, services that are started and stopped again.
# shellcheck shell=bash

passed=0
failed=0
started=()
work=$(mktemp -d "${TMPDIR:-/tmp}/holdfast-ci.XXXXXX")
chmod 755 "$work"
mkdir -p "$work/logs" "$work/reports"

# Ends only what this run started, by process id, newest first.
finish() {
  local code=$? index
  for ((index = ${#started[@]} - 1; index >= 0; index--)); do
    kill "${started[index]}" 2>/dev/null && wait "${started[index]}" 2>/dev/null
  done
  [ -d "$work/postgres" ] && stop_postgres
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

say() { printf '%s\n' "$*"; }

log_of() { printf '%s/logs/%s.log' "$work" "$(printf '%s' "$1" | tr -c 'a-zA-Z0-9' '-')"; }

# check NAME COMMAND...: counts as one; its output is shown only when it fails.
check() {
  local name=$1 log begun=$SECONDS
  shift
  log=$(log_of "$name")
  if "$@" >"$log" 2>&1; then
    passed=$((passed + 1))
    say "ok    $name ($((SECONDS - begun)) s)"
  else
    failed=$((failed + 1))
    say "FAIL  $name ($((SECONDS - begun)) s)"
    tail -n 80 "$log" | sed 's/^/      /'
    return 1
  fi
}

# beside NAME COMMAND...: a check beside others of its kind, `at_once` at a time; `settle` waits for them.
running=()
at_once=2
beside() {
  [ "${#running[@]}" -lt "$at_once" ] || settle_one
  check "$@" &
  running+=($!)
}
settle_one() {
  local pid ended='' left=()
  if wait -n -p ended "${running[@]}"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  for pid in "${running[@]}"; do [ "$pid" = "$ended" ] || left+=("$pid"); done
  running=("${left[@]}")
}
settle() { while [ "${#running[@]}" -gt 0 ]; do settle_one; done; }

# suite NAME COMMAND...: runs Vitest with a JSON report and counts its tests. A skipped test counts as failed: a service
# that is missing must be seen. So does a run that ends badly without a failed test, or that ran nothing.
suite() {
  local name=$1 log report code begun=$SECONDS counts p f
  shift
  log=$(log_of "$name")
  report="$work/reports/$(basename "$log" .log).json"
  TEST_REPORT="$report" "$@" >"$log" 2>&1
  code=$?
  counts=$(node "$ci/count-tests.cjs" "$report" "$code")
  read -r p f <<<"$counts"
  passed=$((passed + p))
  failed=$((failed + f))
  if [ "$f" -eq 0 ]; then
    say "ok    $name: $p passed ($((SECONDS - begun)) s)"
  else
    say "FAIL  $name: $p passed, $f failed ($((SECONDS - begun)) s)"
    node "$ci/count-tests.cjs" --failures "$report" | sed 's/^/      /'
    tail -n 60 "$log" | sed 's/^/      /'
    return 1
  fi
}

# need COMMAND PACKAGE: notes Debian's package when the command, or the file, is missing; install_needed gets them all at once.
needed=()
need() { command -v "$1" >/dev/null || [ -e "$1" ] || needed+=("$2"); }
install_needed() {
  [ "${#needed[@]}" -eq 0 ] && return 0
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${needed[@]}"
}

# A PATH that has what a fresh Debian with git and Node has, and nothing of what the README says is not needed.
plain_path() {
  local folder="$work/plain-bin" program name
  mkdir -p "$folder"
  for program in /usr/sbin/* /usr/bin/* /bin/*; do
    name=${program##*/}
    case "$name" in
      psql | pg_* | postgres* | initdb | createdb | dropdb | redis* | docker* | chromium* | google-chrome* | go | gofmt | ipfs* | jq | node | npm | npx | nodejs) ;;
      *) ln -sf "$program" "$folder/$name" ;;
    esac
  done
  for name in node npm npx; do ln -sf "$(realpath "$(command -v "$name")")" "$folder/$name"; done
  printf '%s' "$folder"
}

# fresh_clone FOLDER: what is committed, and nothing else.
fresh_clone() { git clone --quiet --no-hardlinks "$repository" "$1"; }

free_port() { node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'; }

postgres_bin=/usr/lib/postgresql/15/bin
as_postgres() { if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

# A throw-away PostgreSQL 15 on a free loopback port; sets TEST_DATABASE_URL.
start_postgres() {
  local data="$work/postgres/data" port
  port=$(free_port)
  mkdir -p "$work/postgres"
  [ "$(id -u)" -eq 0 ] && chown postgres "$work/postgres"
  as_postgres "$postgres_bin/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >/dev/null || return 1
  as_postgres "$postgres_bin/pg_ctl" -D "$data" -w -l "$work/postgres/log" \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$work/postgres -c max_connections=200" start >/dev/null || return 1
  export TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres"
}
stop_postgres() { as_postgres "$postgres_bin/pg_ctl" -D "$work/postgres/data" -m immediate stop >/dev/null 2>&1; }

# Kubo, for what compares with it: from the PATH, or built by Go (its own caches; the module files in a temporary folder).
KUBO_VERSION=v0.43.1
find_kubo() {
  command -v ipfs >/dev/null && return 0
  mkdir -p "$work/kubo"
  (
    cd "$work/kubo" &&
      go mod init kubo.test &&
      go get -tool "github.com/ipfs/kubo/cmd/ipfs@$KUBO_VERSION" &&
      go mod edit -replace github.com/quic-go/quic-go=github.com/quic-go/quic-go@v0.60.0 \
        -replace github.com/quic-go/webtransport-go=github.com/quic-go/webtransport-go@v0.11.1 &&
      GOBIN="$work/kubo" go install -mod=mod github.com/ipfs/kubo/cmd/ipfs
  ) || return 1
  PATH="$work/kubo:$PATH"
}

# finds FAULT [SEED]: the crash run has to find a planted fault. It must fail for what it found, not because it could not start.
finds() {
  local output
  output=$(npm run --silent chaos -- --cycles 40 --fault "$1" ${2:+--seed "$2"} 2>&1) && return 1
  printf '%s\n' "$output"
  grep -q '^chaos: [0-9]* problems' <<<"$output"
}

# close: the one line that sums everything up.
close() {
  say "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
