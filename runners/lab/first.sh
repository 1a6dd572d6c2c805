#!/bin/busybox sh
# The first program of the lab (process 1 of its initrd): mounts the lab's disk, hands over what this session brought,
# and becomes systemd.

fail() {
  echo "lab: $*" >/dev/console
  poweroff -f
  # The power is gone in a moment; process 1 must not end before.
  while :; do sleep 1; done
}

# Without /proc, busybox does not find its own applets.
/bin/busybox mount -t proc proc /proc
mount -t devtmpfs dev /dev
while read -r module; do
  insmod "/modules/$module" || fail "cannot load the kernel module $module"
done </modules/list

mount -t ext4 /dev/vda /root || fail 'cannot mount the disk of the lab'
mount -t ext4 -o ro /dev/vdb /root/opt/tare || fail 'cannot mount the disk with Tare'
# Only a run brings a third disk.
[ ! -b /dev/vdc ] || mount -t ext4 -o ro /dev/vdc /root/srv/given || fail 'cannot mount the disk with the images'
mount -t tmpfs -o mode=755,nosuid,nodev run /root/run
mkdir /root/run/tare-lab
cp /session.json /root/run/tare-lab/
mount -o move /dev /root/dev
mount -o move /proc /root/proc
exec /bin/busybox switch_root /root /lib/systemd/systemd
