#!/bin/busybox sh
# The first program of the lab (process 1 of its initrd): mounts the lab's disk, hands over what this session brought,
# and becomes systemd.

fail() {
  echo "lab: $*" >/dev/console
  poweroff -f
  # The power is gone in a moment; process 1 must not end before.
  while :; do sleep 1; done
}

# usage: attach OPTIONS UUID FOLDER
attach() {
  # Memory becomes a disk in the background, and its number says nothing.
  for _ in 1 2 3 4 5 6 7 8 9; do
    disk=$(findfs "UUID=$2") && break
    sleep 0.1
  done
  mount -t ext4 -o "$1" "$disk" "$3" || fail "cannot mount $2 at $3"
}

# Without /proc, busybox does not find its own applets.
/bin/busybox mount -t proc proc /proc
mount -t devtmpfs dev /dev
while read -r module; do
  insmod "/modules/$module" || fail "cannot load the kernel module $module"
done </modules/list

# The lab's own disk, that with Tare, and for a run that with the images.
read -r options </proc/cmdline
disks=${options##*lab.disks=} # UUID,UUID…
IFS=,
set -- ${disks%% *}
unset IFS
attach noatime "$1" /root
attach ro "$2" /root/opt/tare
[ $# = 2 ] || attach ro "$3" /root/srv/given
mount -t tmpfs -o mode=755,nosuid,nodev run /root/run
mkdir /root/run/tare-lab
cp /session.json /root/run/tare-lab/
mount -o move /dev /root/dev
mount -o move /proc /root/proc
exec /bin/busybox switch_root /root /lib/systemd/systemd
