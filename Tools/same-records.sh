#!/usr/bin/env bash
# The same seed gives the same records, byte for byte, whichever compiler made the program and how.
#
#     Tools/same-records.sh PROGRAM...      lives some days with each chargepi-simulate, compares
#     Tools/same-records.sh --print PROGRAM one program's digests only
set -euo pipefail
seed=${SEED:-1}

digests() {
  "$1" --seed "$seed" --lives 12 --days 10 --dense --noshrink --jobs "$(nproc)" | grep digest
  "$1" --seed "$seed" --lives 4 --days 60 --noshrink --jobs "$(nproc)" | grep digest
}

if [ "$1" = --print ]; then
  digests "$2"
  exit
fi
first=$1
expected=$(digests "$first")
echo "$expected"
shift
for program in "$@"; do
  diff <(echo "$expected") <(digests "$program") || {
    echo "$program gives other records than $first" >&2
    exit 1
  }
  echo "$program gives the same records as $first"
done
