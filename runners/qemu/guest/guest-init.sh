#!/bin/busybox sh
# The first program of the minimal guest (process 1). It brings up the payload's disk and network, starts the
# workload in it, and switches the machine off when the workload has ended.
#
# Every fork costs milliseconds on an emulated processor, so builtins are used where they can be, one `mount -a`
# does several mounts, and busybox runs its own applets without searching for them (which needs /proc).
#
# The second serial port is the line to the host. One line per message:
#   to the host:   mark NAME | clock NANOSECONDS | not-started STEP ERRNO | exit CODE | failed REASON
# What the host asks, and the answers, are in guest-requests.sh. What the workload prints goes through a port of its own.

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
. /requests

while read -r module; do
  insmod "/modules/$module" || fail "cannot load the kernel module $module"
done <"/modules/$drivers.list"

if [ "$disk" = /dev/vda ]; then
  mount -a -T /etc/fstab.root || fail 'cannot mount the disk /dev/vda'
else
  # Other drivers find their disk only a while after they were loaded.
  mount -t devtmpfs -o mode=755 dev /dev
  tries=0
  until [ -b "$disk" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || fail "there is no disk $disk"
    sleep 0.1
  done
  mount -t ext4 "$disk" /root || fail "cannot mount the disk $disk"
fi
echo 'mark init' >&3

prepare_payload /root
write_names /etc "$address"
mount -t tmpfs -o mode=755,size=64k,nosuid dev /root/dev
cp -a /payload-dev/* /root/dev/
mount -a -T /launch/fstab || fail 'cannot mount /proc, /sys and /dev for the payload'

echo "$hostname" >/proc/sys/kernel/hostname
ifconfig lo 127.0.0.1 up && ifconfig eth0 "$address" netmask "$netmask" up || fail 'cannot bring up the network'

# A pipe, as in a container: the workload may open it again by name, and is not on a terminal. Opened for both
# directions first, since otherwise each end would wait for the other.
mkfifo -m 666 /output
exec 4<>/output 5</output 6>/output 4>&-
/launch/start </dev/null >&6 2>&1 5<&- 6>&- &
workload=$!
# By `exec`: a redirection of the function itself would keep the pipe's other end open, and the end would never be seen.
{ exec <&5 5<&- 6>&-; send_output; } &
sender=$!
exec 5<&- 6>&-

stop_workload() {
  kill -"$stop_signal" "$workload"
}

kill_workload() {
  kill -KILL "$workload"
}

# A clone continues as the machine of its snapshot was; this makes it another: address, netmask, MAC, seconds since
# 1970, random bytes in hexadecimal. The kernel's generator mixes them in, and uses them from its next reseeding on.
take_identity() {
  ifconfig eth0 hw ether "$3"
  ifconfig eth0 "$1" netmask "$2"
  write_names /etc "$1"
  date -s "@$4" >/dev/null
  echo "$5" >/dev/urandom
  echo identified
}

while read -r request arguments; do
  case $request in
    identity) take_identity $arguments ;;
    off) break ;;
    *) answer_request "$request" ;;
  esac
done <&3 >&3 &
listener=$!

wait "$workload"
echo "exit $?" >&3
# As in a container, nothing outlives the main process; kernel threads do not mind.
for process in /proc/[0-9]*; do
  process=${process#/proc/}
  case $process in
    1 | "$sender" | "$listener") ;;
    *) kill -KILL "$process" 2>/dev/null ;;
  esac
done
wait "$sender"
end_output
# The host says `off` when it has read all that was printed.
wait "$listener"
switch_off
