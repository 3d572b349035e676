#!/usr/bin/env bash
# Starts a central system and the simulated station on loopback and shows their conversation.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build --product chargepi
data=${DATA:-.build/station}
port=${PORT:-9000}
http=${HTTP:-127.0.0.1:8080}

.build/venv/bin/python Tools/csms.py --port "$port" &
central=$!
trap 'kill "$central" 2>/dev/null || true' EXIT
# The station would try again by itself, but a newcomer should not have to wait for that.
for _ in $(seq 50); do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  kill -0 "$central" 2>/dev/null || exit 1
  sleep 0.1
done
.build/debug/chargepi run --config Examples/station --data "$data" --csms "ws://127.0.0.1:$port" \
  --simulate --http "$http" --log-level warning &
station=$!
trap 'kill "$station" "$central" 2>/dev/null || true; wait' EXIT
trap 'exit 0' INT TERM

for _ in $(seq 50); do
  curl -sf "http://$http/v1/health" >/dev/null && break
  sleep 0.1
done
cat <<TEXT

The station runs. In another terminal, plug in a car, show a card, and unplug later:

  curl -d '{"evse":1}' http://$http/v1/sim/plug
  curl -d '{"token":"04A1B2C3"}' http://$http/v1/sim/swipe
  curl -d '{"evse":1}' http://$http/v1/sim/unplug

Ctrl-C ends both. The journal is $data/journal.db: read it with
  .build/debug/chargepi-replay $data/journal.db

TEXT
wait "$station"
