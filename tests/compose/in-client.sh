#!/usr/bin/env bash
# What check.sh has the demo's client do, by its own tools. bash -s -- COMMAND [ARGUMENT]
set -euo pipefail

name=shop.failover.example

milliseconds() { echo $(($(date +%s%N) / 1000000)); }
resolve() { dig +short +time=1 +tries=1 @resolver -p 5353 "$name" A | grep -m1 -E '^[0-9.]+$'; }
who_answers() {
  local address
  address=$(resolve) && curl --silent --max-time 1 --resolve "$name:8080:$address" "http://$name:8080/"
}
live() { failoverctl --json groups show "$name" | sed -n 's/.*"live": *"\([a-z]*\)".*/\1/p'; }

first_answer() {
  local end=$(($(milliseconds) + 60000))
  until who_answers >/dev/null 2>&1; do
    [ "$(milliseconds)" -lt "$end" ] || return 1
    sleep 0.1
  done
}

# Each flip is waited for through the resolver, to the other web server: a TTL of 5 s and 1 s more.
flips() {
  local i side start seen
  for ((i = 1; i <= $1; i++)); do
    failoverctl groups flip "$name" --reason "check $i" >/dev/null
    start=$(milliseconds)
    side=$(live)
    until [ "$(who_answers)" = "$side" ]; do
      [ $(($(milliseconds) - start)) -lt 6000 ] || break
      sleep 0.05
    done
    seen=$(($(milliseconds) - start))
    echo "  $i: $side after $seen ms"
    [ "$seen" -le 6000 ] || return 1
  done
}

answers() {
  case $1 in
    failoverd) curl --silent --fail --max-time 0.3 --output /dev/null "http://${PRIMARY%.*}.2:8380/readyz" ;;
    powerdns) timeout 0.3 dig +short +tries=1 "@${PRIMARY%.*}.3" -p 5300 "$name" A | grep -q '^[0-9]' ;;
  esac
}

# Asks for ten seconds, and tells the longest time without an answer; there has to have been one.
watch() {
  local end=$(($(milliseconds) + 10000)) last now gap=0 missed=0
  last=$(milliseconds)
  while now=$(milliseconds) && [ "$now" -lt "$end" ]; do
    if answers "$1"; then
      now=$(milliseconds)
      [ $((now - last)) -le "$gap" ] || gap=$((now - last))
      last=$now
    else
      missed=$((missed + 1))
    fi
    sleep 0.02
  done
  [ $((end - last)) -le "$gap" ] || gap=$((end - last))
  echo "  longest time without an answer of $1: $gap ms"
  [ "$missed" -gt 0 ] && [ "$gap" -le 2000 ]
}

case $1 in
  first-answer) first_answer ;;
  flips) flips "$2" ;;
  live) live ;;
  created) failoverctl --json groups show "$name" | sed -n 's/.*"created_at": *"\([^"]*\)".*/\1/p' ;;
  watch) watch "$2" ;;
  *) exit 2 ;;
esac
