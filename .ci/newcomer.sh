#!/usr/bin/env bash
# A newcomer who is not root: clone, `npm ci && npm start` with an empty HOME and a plain PATH, first file read back, stop.
# newcomer.sh WORK PLAIN_BIN [with-tests]. Fails when that takes longer than 3 minutes, or when stopping takes longer than 10 seconds.
set -euo pipefail
work=$1 plain=$2
repository=$(cd "$(dirname "$0")/.." && pwd)
home="$work/newcomer"
log="$home/start.log"
mkdir -p "$home"
as_newcomer=()
if [ "$(id -u)" -eq 0 ]; then
  as_newcomer=(setpriv --reuid nobody --regid nogroup --clear-groups)
fi
in_plain=("${as_newcomer[@]}" env -i HOME="$home" PATH="$plain" LANG=C.UTF-8 API_PORT=0 GATEWAY_PORT=0 IPFS_NETWORK=none
  ${npm_config_registry:+npm_config_registry="$npm_config_registry"})

begun=$SECONDS
# Cloned by whoever owns the repository, as git demands; from then on everything is the newcomer's.
git clone --quiet --no-hardlinks "$repository" "$home/holdfast"
[ "$(id -u)" -ne 0 ] || chown -R nobody "$home"
cd "$home/holdfast"
"${in_plain[@]}" setsid bash -c 'npm ci && exec npm start' >"$log" 2>&1 &
group=$!
# The whole session is ours: setsid made its leader's id the group's.
trap 'kill -KILL -- "-$group" 2>/dev/null || true' EXIT
until grep -q 'Holdfast is running' "$log"; do
  kill -0 "$group" 2>/dev/null || { cat "$log"; echo 'npm start has left'; exit 1; }
  [ $((SECONDS - begun)) -lt 180 ] || { cat "$log"; echo 'not ready after 3 minutes'; exit 1; }
  sleep 0.2
done
sleep 0.2

api=$(sed -n 's/.*API and dashboard *\(http[^ ]*\).*/\1/p' "$log")
gateway=$(sed -n 's/.*Gateway *\(http[^ ]*\).*/\1/p' "$log")
token=$(sed -n 's/.*\/setup#token=\([^ ]*\).*/\1/p' "$log")
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
json='content-type: application/json'
curl -fsS "$api/api/v1/setup" -H "$json" -d "{\"token\":\"$token\",\"email\":\"ada@example.org\",\"password\":\"correct horse battery\",\"name\":\"Ada\"}" >/dev/null
access=$(curl -fsS "$api/api/v1/auth/login" -H "$json" -d '{"email":"ada@example.org","password":"correct horse battery"}' | field accessToken)
cid=$(printf 'the first file\n' | curl -fsS "$api/api/v1/files/upload" -H "authorization: Bearer $access" -F 'file=@-;filename=first.txt' | field cid)
[ "$(curl -fsS "$gateway/ipfs/$cid")" = 'the first file' ]
took=$((SECONDS - begun))
echo "from clone to the first file read back: $took s"
[ "$took" -lt 180 ]

# Ctrl-C: the terminal sends SIGINT to the whole foreground group.
begun=$SECONDS
kill -INT -- "-$group"
while kill -0 "$group" 2>/dev/null; do
  [ $((SECONDS - begun)) -le 10 ] || { tail -n 40 "$log"; echo 'still running 10 s after Ctrl-C'; exit 1; }
  sleep 0.2
done
if left=$(pgrep -g "$group"); then echo "left behind: $left"; exit 1; fi

# The other command of the README.
if [ "${3:-}" = with-tests ]; then "${in_plain[@]}" npm test; fi
