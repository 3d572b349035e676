#!/usr/bin/env bash
# boot.sh NAME SECONDS COMMAND …: runs a command as root in the repository, under Debian's stock
# kernel, emulated in software (the machine that builds needs no KVM), within a time limit. Its output
# is the guest's, its exit code is the command's; what it leaves in /run/results is in
# .build/hardware/results/NAME afterwards.
#
# The guest's time goes on by 2 ns with each instruction, and while it idles it is at once as late as
# the next timer wants: on a busy machine the test takes longer, nothing in it comes too late, and
# waiting costs little. While it waits for its root file system's files time runs faster than it
# should; the board's ticks bound that.
set -euo pipefail
repository=$(cd "$(dirname "$0")/../../.." && pwd)
folder=$repository/.build/hardware
results=$folder/results/$1
limit=$2
shift 2

rm -rf "$results"
mkdir -p "$results"
echo "$repository" >"$results/repository"
{
  printf 'cd %q\n' "$repository"
  printf '%q ' exec "$@"
} >"$results/command.sh"
console=$results/console.log
status=0
timeout --foreground "$limit" qemu-system-x86_64 -accel tcg -icount shift=1,sleep=off \
  -M pc -cpu qemu64 -m 1024 -nodefaults -no-reboot -display none -serial stdio \
  -acpitable "sig=SSDT,rev=2,oem_id=CHRGPI,oem_table_id=THERMAL,data=$folder/thermal-zone.aml" \
  -kernel "$folder/vmlinuz" -initrd "$folder/initramfs.gz" \
  -append "console=ttyS0 quiet panic=-1 mitigations=off edd=off no_timer_check tsc=reliable" \
  -virtfs "local,path=/,mount_tag=system,security_model=none,readonly=on,multidevs=remap" \
  -virtfs "local,path=$results,mount_tag=results,security_model=none,multidevs=remap" \
  </dev/null | tr -d '\r' | tee "$console" |
  sed -u '/^GUEST_RC=/d; /reboot: Power down/d' || status=${PIPESTATUS[0]}
code=$(sed -n 's/^GUEST_RC=\([0-9]*\)$/\1/p' "$console" | tail -1)
if [ -z "$code" ]; then
  [ "$status" = 124 ] && echo "the guest did not end within $limit s" >&2
  [ "$status" = 124 ] || echo "the guest ended without a result (emulator: $status)" >&2
  exit 99
fi
exit "$code"
