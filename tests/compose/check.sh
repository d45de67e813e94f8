#!/usr/bin/env bash
# Builds and starts docker-compose.yml with $COMPOSE ("docker compose" or "docker-compose"), as a project of its own
# with ports of its own, and tries it: ten flips seen through the resolver, restarts, kills, down and up again, and
# the same over HTTP.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

read -ra compose <<<"${COMPOSE:-docker compose}"
export COMPOSE_PROJECT_NAME=failover-check-$$
export DEMO_NET=172.30.$((60 + $$ % 190))
export DEMO_DNS_PORT=$((20000 + $$ % 4000)) DEMO_RESOLVER_PORT=$((24000 + $$ % 4000)) DEMO_ADMIN_PORT=$((28000 + $$ % 4000))
engine=${DOCKER_HOST:-unix:///var/run/docker.sock}
log=$(mktemp)
profile=unix

compose() { "${compose[@]}" --profile "$profile" "$@"; }

die() {
  echo "compose-check: $*" >&2
  compose logs --tail=40 >&2 || true
  exit 1
}

# An engine may fail to remove a container while its healthcheck runs in it, and succeeds the next time.
down() { compose down "$@" >"$log" 2>&1 || compose down "$@" >"$log" 2>&1; }

# shellcheck disable=SC2317 # the trap calls it
clean() {
  down -v || cat "$log" >&2
  rm -f "$log"
}
trap clean EXIT

quietly() { "$@" >"$log" 2>&1 || { cat "$log" >&2 && die "failed: $*"; }; }

in_client() { compose exec -T client bash -s -- "$@" <tests/compose/in-client.sh; }

up() {
  local start=$SECONDS
  quietly compose up -d
  in_client first-answer || die "no first answer"
  echo "up: first answer after $((SECONDS - start)) s"
}

# Kills the program $2 of the service $1 while the client watches it: the watch starts first, ends by itself, and fails
# where the service was away for more than 2 s. A machine that is busy may take three tries.
killed() {
  local service=$1 program=$2 watch try
  echo "$service killed:"
  for try in 1 2 3; do
    in_client watch "$service" &
    watch=$!
    sleep 2
    # The shell that kills may go down with its container.
    compose exec -T "$service" sh -c "kill -9 \$(pidof $program)" >"$log" 2>&1 || true
    ! wait "$watch" || return 0
  done
  die "$service: $try times killed, and never answering within 2 s"
}

confined() {
  local service=$1
  # shellcheck disable=SC2016 # the container's shell expands it
  quietly compose exec -T "$service" sh -c '
    [ "$(id -u)" != 0 ] || { echo "runs as root"; exit 1; }
    ! touch /etc/probe 2>/dev/null || { echo "its root file system can be written"; exit 1; }
    grep -q "^CapEff:[[:space:]]*0*$" /proc/self/status || { echo "it has capabilities"; exit 1; }
    ! command -v gcc cc make cmake || { echo "it holds what builds"; exit 1; }'
  echo "$service: not root, read-only, no capability, nothing that builds"
}

# In MB, as the engine says.
size_of() {
  local bytes
  bytes=$(curl --silent --fail --unix-socket "${engine#unix://}" "http://engine/images/$1/json" |
    grep -o '"Size": *[0-9]*' | grep -o '[0-9]*')
  echo $((bytes / 1000000))
}

start=$SECONDS
quietly compose build
echo "build: $((SECONDS - start)) s"
beyond=$(($(size_of failover-demo/failoverd) - $(size_of debian:bookworm-slim)))
[ "$beyond" -le 120 ] || die "failoverd's image has $beyond MB beyond its base, 120 at most"
echo "failoverd's image: $beyond MB beyond its base"
up
for service in failoverd powerdns resolver web-primary web-backup client; do confined "$service"; done

echo "ten flips, through the resolver:"
in_client flips 10 || die "a flip was not seen within the TTL and a second"

before=$(in_client live)
killed failoverd failoverd
killed powerdns pdns_server
[ "$(in_client live)" = "$before" ] || die "a flip was lost: $before is live no more"

echo "failoverd, then powerdns restarted:"
quietly compose restart failoverd
in_client first-answer || die "failoverd restarted: no answer"
in_client flips 1 || die "failoverd restarted: a flip is not seen"
quietly compose restart powerdns
in_client first-answer || die "powerdns restarted: no answer"
in_client flips 1 || die "powerdns restarted: a flip is not seen"

echo "down and up again:"
before=$(in_client live)
quietly down
up
[ "$(in_client live)" = "$before" ] || die "down and up again forgot that $before was live"

echo "down -v, then over HTTP:"
before=$(in_client created)
quietly down -v
profile=http
up
[ "$(in_client created)" != "$before" ] || die "down -v forgot nothing: $before is still there"
in_client flips 1 || die "HTTP: a flip is not seen"
echo "compose-check: all of it holds"
