#!/usr/bin/env bash
# What `./dev up` runs once the programs are built: failoverd and PowerDNS on 127.0.0.1, two stacks, one group.
# Its state is in build/up/ and is found again by the next run. --check tries a flip by itself, on free ports.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

zone=failover.example
dns_port=5300 api_port=8081 admin_port=8380 check=0
state=$PWD/build/up
pids=()

die() {
  echo "up: $*" >&2
  exit 1
}

# Is a TCP or UDP port of 127.0.0.1 in use? (IPv4 and IPv6 wildcards count: they take 127.0.0.1's as well.)
taken() {
  local hex
  hex=$(printf '%04X' "$1")
  awk -v port="$hex" '$2 ~ "^(0100007F|00000000|0+):" port "$" && ($4 == "0A" || $4 == "07") { found = 1 }
    END { exit !found }' /proc/net/tcp /proc/net/udp /proc/net/tcp6 /proc/net/udp6 2>/dev/null
}

free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)) && taken "$port"; do :; done
  echo "$port"
}

while [ $# -gt 0 ]; do
  case $1 in
    --check) check=1 ;;
    --dns-port | --api-port | --admin-port)
      [[ ${2:-} =~ ^[0-9]+$ ]] || die "$1 needs a number"
      name=${1#--}
      declare "${name/-/_}=$2"
      shift
      ;;
    *) die "unknown option $1: it takes --check, --dns-port N, --api-port N and --admin-port N" ;;
  esac
  shift
done

# A unix socket's path may be 107 bytes long, a working tree's may be longer.
runtime=$(mktemp -d "${TMPDIR:-/tmp}/failoverd-up.XXXXXX")

# shellcheck disable=SC2317 # the trap calls it
stop() {
  trap - EXIT
  [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
  wait
  rm -rf "$runtime"
  [ "$check" -eq 0 ] || rm -rf "$state"
}
trap stop EXIT
trap 'exit 0' INT TERM

if [ "$check" -eq 1 ]; then
  state=$runtime/state
  dns_port=$(free_port) api_port=$(free_port) admin_port=$(free_port)
fi
for option in dns-port api-port admin-port; do
  variable=${option/-/_}
  taken "${!variable}" && die "port ${!variable} is taken: choose another with --$option N"
done
mkdir -p "$state"
admin=http://127.0.0.1:$admin_port

# $1 is the program's name, $2 a command that succeeds once it is ready.
wait_for() {
  local pid=${pids[-1]} tries=0
  until eval "$2" >/dev/null 2>&1; do
    kill -0 "$pid" 2>/dev/null || { cat "$state/$1.log" >&2 && die "$1 ended; its last words are above"; }
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || { cat "$state/$1.log" >&2 && die "$1 is not ready after 30 s; its log is above"; }
    sleep 0.1
  done
}

[ -s "$state/api.key" ] || (umask 077 && od -An -tx1 -N16 /dev/urandom | tr -d ' \n' >"$state/api.key")

# Ctrl-C goes to the whole foreground group: setsid leaves the stopping to us, in order.
setsid build/failoverd --store "sqlite:$state/failover.db" --dns-unix "$runtime/pdns.sock" \
  --admin "127.0.0.1:$admin_port" --admin-token-file "$state/admin.token" \
  --powerdns-api "http://127.0.0.1:$api_port" --powerdns-api-key-file "$state/api.key" \
  --zone "$zone" --nameserver "ns1.$zone=127.0.0.1" >"$state/failoverd.log" 2>&1 &
pids+=($!)
wait_for failoverd "grep -q '^ready ' '$state/failoverd.log'"

# The shipped configuration; what follows it in the file replaces what stands above.
{
  cat pdns-config/pdns-unix.conf
  cat <<CONF

# As ./dev up runs it:
remote-connection-string=unix:path=$runtime/pdns.sock
local-address=127.0.0.1
local-port=$dns_port
webserver-port=$api_port
api-key=$(cat "$state/api.key")
socket-dir=$runtime
setuid=
setgid=
CONF
} >"$state/pdns.conf"
chmod 600 "$state/pdns.conf"
PATH=$PATH:/usr/sbin setsid pdns_server --config-dir="$state" >"$state/pdns_server.log" 2>&1 &
pids+=($!)
wait_for pdns_server "dig +short +time=1 +tries=1 @127.0.0.1 -p $dns_port $zone SOA | grep -q ."

export FAILOVER_URL=$admin FAILOVER_TOKEN_FILE=$state/admin.token
api() {
  local method=$1 path=$2
  shift 2
  curl --silent --show-error --fail-with-body --header @- --request "$method" "$admin$path" \
    --header 'Content-Type: application/json' "$@" <<<"Authorization: Bearer $(cat "$state/admin.token")"
}
stack() { printf '{"servers":[{"name":"web-1","role":"web","addresses":["%s"]}]}' "$1"; }
first_address() { sed -n 's/.*"address":"\([^"]*\)".*/\1/p' <<<"$1" | head -1; }

address=$(first_address "$(api GET '/v1/groups?limit=1')")
if [ -z "$address" ]; then
  api PUT /v1/stacks/shop-eu --data "$(stack 192.0.2.10)" >/dev/null
  api PUT /v1/stacks/shop-us --data "$(stack 198.51.100.10)" >/dev/null
  address=$(first_address "$(api POST /v1/groups \
    --data "{\"zone\":\"$zone\",\"name\":\"shop\",\"primary\":\"shop-eu\",\"backup\":\"shop-us\"}")")
fi

if [ "$check" -eq 1 ]; then
  answer() { dig +short @127.0.0.1 -p "$dns_port" "$address" A; }
  [ "$(answer)" = 192.0.2.10 ] || die "before the flip PowerDNS answers '$(answer)', not 192.0.2.10"
  build/failoverctl groups flip "$address" --reason 'up --check' >/dev/null
  [ "$(answer)" = 198.51.100.10 ] || die "after the flip PowerDNS answers '$(answer)', not 198.51.100.10"
  echo "up --check: $address was 192.0.2.10, was flipped, and is 198.51.100.10"
  exit 0
fi

cat <<TEXT

PowerDNS answers on 127.0.0.1:$dns_port, failoverd's API and dashboard are at $admin/
The token is in $state/admin.token; PowerDNS's configuration is $state/pdns.conf

Ask:      dig @127.0.0.1 -p $dns_port $address
Flip:     export FAILOVER_URL=$admin FAILOVER_TOKEN_FILE=$state/admin.token
          build/failoverctl groups flip $address --reason 'trying it'
or:       curl -X POST -H "Authorization: Bearer \$(cat $state/admin.token)" \\
            -H 'Content-Type: application/json' -d '{"reason":"trying it"}' $admin/v1/groups/$address/flip
Ask again, and it is the other stack. Ctrl-C stops both.
TEXT
wait -n "${pids[@]}" || true
die "failoverd or pdns_server ended by itself; see $state/failoverd.log and $state/pdns_server.log"
