#!/usr/bin/env bash
# The demo's client: registers two stacks and a group, then shows once a second what the resolver answers for the
# group's address and which web server replies there.
set -euo pipefail

name=shop.failover.example

ask() { dig +time=1 +tries=1 @resolver -p 5353 "$@"; }

until ask failover.example SOA +short | grep -q .; do
  echo "waiting until the resolver answers for failover.example"
  sleep 1
done

if ! failoverctl groups show "$name" >/dev/null 2>&1; then
  failoverctl import - <<NDJSON
{"stack":{"name":"shop-primary","servers":[{"name":"web","role":"web","addresses":["$PRIMARY"]}]}}
{"stack":{"name":"shop-backup","servers":[{"name":"web","role":"web","addresses":["$BACKUP"]}]}}
{"group":{"zone":"failover.example","label":"shop","name":"shop","primary":"shop-primary","backup":"shop-backup","ttl":5}}
NDJSON
fi
echo "Flip it: docker compose exec client failoverctl groups flip shop"

while :; do
  read -r ttl address < <(ask "$name" A +noall +answer | awk '$4 == "A" { print $2, $5; exit }') || ttl='' address=''
  if [ -n "$address" ]; then
    web=$(curl --silent --max-time 1 --resolve "$name:8080:$address" "http://$name:8080/" || echo "nobody")
    printf '%s  %s is %s for %s s more; there answers: %s\n' "$(date +%T)" "$name" "$address" "$ttl" "$web"
  else
    printf '%s  the resolver has no answer for %s\n' "$(date +%T)" "$name"
  fi
  sleep 1
done
