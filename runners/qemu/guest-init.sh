#!/bin/busybox sh
# The first program of the minimal guest (process 1). It brings up the payload's disk and network, starts the
# workload in it, and switches the machine off when the workload has ended.
#
# Every fork costs milliseconds on an emulated processor, so builtins are used where they can be, one `mount -a`
# does several mounts, and busybox runs its own applets without searching for them (which needs /proc).
#
# The second serial port is the line to the host. One line per message:
#   to the host:   mark NAME | clock NANOSECONDS | exit CODE | failed REASON
# What the host asks, and the answers, are in guest-requests.sh.

exec 3<>/dev/ttyS1
echo 'mark initrd' >&3

switch_off() {
  poweroff -f
  # The power is gone in a moment; process 1 must not end before.
  while :; do sleep 1; done
}

fail() {
  echo "failed $*" >&3
  switch_off
}

/bin/busybox mount -t proc proc /proc
# The third line of timer_list is "now at N nsecs": CLOCK_MONOTONIC, which began when the kernel began to keep time.
{ read -r _; read -r _; read -r _ _ now _; } </proc/timer_list
echo "clock $now" >&3

. /launch/settings

while read -r module; do
  insmod "/modules/$module" || fail "cannot load the kernel module $module"
done <"/modules/$drivers.list"

mount -a -T /etc/fstab.root || fail 'cannot mount the disk /dev/vda'
echo 'mark init' >&3

missing=
for folder in proc sys dev tmp; do
  [ -d "/root/$folder" ] || missing="$missing /root/$folder"
done
# /dev is one file system however often it is mounted: what is made here is seen in the payload.
mkdir /dev/pts /dev/shm $missing
case $missing in *tmp*) chmod 1777 /root/tmp ;; esac
cp -P /links/* /dev/
mount -a -T /etc/fstab.payload || fail 'cannot mount /proc, /sys and /dev for the payload'
# A workload that opens /dev/stdout again needs the right to; its own descriptors need none.
[ "$user" = 0:0 ] || chmod 666 /dev/ttyS0

echo "$hostname" >/proc/sys/kernel/hostname
ifconfig lo 127.0.0.1 up && ifconfig eth0 "$address" netmask "$netmask" up || fail 'cannot bring up the network'

chroot /root sh </launch/run >/dev/ttyS0 2>&1 &
workload=$!

stop_workload() {
  kill -"$stop_signal" "$workload"
}

# A clone continues as the machine of its snapshot was; this makes it another: address, netmask, MAC, seconds since
# 1970, random bytes in hexadecimal. The kernel's generator mixes them in, and uses them from its next reseeding on.
take_identity() {
  ifconfig eth0 hw ether "$3"
  ifconfig eth0 "$1" netmask "$2"
  date -s "@$4" >/dev/null
  echo "$5" >/dev/urandom
  echo identified
}

. /requests
while read -r request arguments; do
  case $request in
    identity) take_identity $arguments ;;
    *) answer_request "$request" ;;
  esac
done <&3 >&3 &

wait "$workload"
echo "exit $?" >&3
switch_off
