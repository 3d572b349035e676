#!/usr/bin/env bash
# run.sh FOLDER: tests the programs in FOLDER on the interfaces of Debian's stock kernel, in an
# emulator, with chip models behind them. See README.md. With HARDWARE_TEST_PARTS=rig it asks only
# whether the rig tells the truth; with chips or contacts it runs the stages on that board alone.
#
# On Debian on x86-64 whatever keeps it from running is a failure. Elsewhere it is skipped, with a
# sentence: the guest's / is this machine's own, so that the emulated kernel has to be one of this
# machine's architecture and distribution.
set -euo pipefail
programs=$(cd "$1" && pwd -P)
cd "$(dirname "$0")/../.."

distribution=$(. /etc/os-release && echo "${ID:-unknown}")
if [ "$(uname -m)" != x86_64 ] || [ "$distribution" != debian ]; then
  echo "SKIPPED: the hardware test needs Debian on x86-64; this is $distribution on $(uname -m)"
  exit 0
fi
Tools/setup.sh hardware
Tests/Hardware/guest/prepare.sh
seconds=${HARDWARE_TEST_SECONDS:-480}
folder=.build/hardware

# guest NAME [ARGUMENT …]: one guest's part of the test.
guest() {
  local name=$1
  shift
  Tests/Hardware/guest/boot.sh "$name" "$seconds" .build/venv/bin/python Tests/Hardware/inside.py \
    --board "$programs/boardsim" --binary "$programs/chargepi" \
    --replay "$programs/chargepi-replay" "$@"
}

began=$SECONDS
status=0
case ${HARDWARE_TEST_PARTS:-all} in
  rig) guest rig || status=$? ;;
  all)
    # A guest has one processor: two of them, with a board each, end sooner. A script's background
    # commands do not hear Ctrl-C: it is passed on.
    trap 'trap - TERM; kill 0' INT TERM
    guest contacts --boards contacts >"$folder/contacts.log" 2>&1 &
    guest chips --boards chips || status=$?
    wait $! || status=$?
    cat "$folder/contacts.log"
    ;;
  *) guest "$HARDWARE_TEST_PARTS" --boards "$HARDWARE_TEST_PARTS" || status=$? ;;
esac
echo "hardware test: $((SECONDS - began)) s in the emulator, exit code $status"
[ "$status" = 0 ] || echo "logs and journals: $folder/results" >&2
exit "$status"
