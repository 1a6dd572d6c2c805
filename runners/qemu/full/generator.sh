#!/bin/sh
# A generator of systemd's: its first deed on the root disk, before any unit is started. It takes this instance's
# settings from the second disk (a cpio archive): the payload's service, the network, the name.
# usage: tare NORMAL-FOLDER EARLY-FOLDER LATE-FOLDER
#
# ttyS1 is opened by subshells only: opened by the leader of a session it would become its controlling terminal.
(echo 'mark init' >/dev/ttyS1)

# The root disk was found first; the second one follows within milliseconds.
tries=0
while ! [ -b /dev/vdb ] && [ "$tries" -lt 100 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
mkdir -p /run/tare /run/systemd/network "$1/multi-user.target.wants"
if ! (cd /run/tare && cpio --extract --quiet </dev/vdb); then
  (echo 'failed cannot read the settings on the disk /dev/vdb' >/dev/ttyS1)
  exit 1
fi
mkfifo -m 666 /run/tare/output
mkfifo /run/tare/off
cp /run/tare/payload.service "$1/"
ln -s ../payload.service "$1/multi-user.target.wants/payload.service"
cp /run/tare/payload.network /run/systemd/network/
. /run/tare/settings
echo "$hostname" >/proc/sys/kernel/hostname
