#!/bin/busybox sh
# The first process of the guest. Its / becomes this machine's own /, read-only over 9p, so that the
# programs under test are the very files that were built; /tmp and /run are its own, and
# /run/results is the one folder that outlives it. Then it runs /run/results/command.sh.
box=/bin/busybox

finish() {
  echo "GUEST_RC=$1"
  $box sync
  $box poweroff -f
}

share() { $box mount -t 9p -o "trans=virtio,version=9p2000.L,msize=524288,$3" "$1" "$2"; }

$box mount -t proc proc /proc
$box mount -t sysfs sysfs /sys
$box mount -t devtmpfs devtmpfs /dev
for module in /modules/*; do
  $box insmod "$module" || finish 90
done
share system /host ro,cache=loose || finish 91
share results /results rw,cache=none || finish 92
$box cp /results/repository /repository.path
read -r repository </repository.path

# A repository below /tmp or /run would be hidden by the guest's own; it is held open meanwhile.
$box mount -o bind "/host$repository" /repository || finish 93
for folder in /tmp /run; do $box mount -t tmpfs tmpfs "/host$folder" || finish 94; done
$box mkdir -p "/host$repository" /host/run/results
$box mount -o bind /repository "/host$repository" || finish 95
$box mount -o move /results /host/run/results || finish 96
for folder in proc sys dev; do $box mount -o move "/$folder" "/host/$folder" || finish 97; done
$box ip link set lo up

export HOME=/tmp PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
export PYTHONDONTWRITEBYTECODE=1
$box chroot /host /bin/bash /run/results/command.sh
finish $?
