#!/bin/sh
# Makes private what libvirt keeps something in whatever it is told, then becomes its daemon. Runs in the mount namespace that the
# daemon lives in, whose /run and /etc are private already.
# usage: daemon.sh DATA SOCKETS SCRATCH CACHE SEEN DEVICES USER PROGRAM [ARGUMENT...]
#   SEEN     where the other folders are seen below: the user of QEMU may not enter those above them
#   DEVICES  script that gives QEMU's user the devices
set -eu
data=$1
sockets=$2
scratch=$3
cache=$4
seen=$5
devices=$6
user=$7
shift 7
mkdir -p "$seen/sockets" "$seen/scratch" "$seen/data"
mount --bind "$sockets" "$seen/sockets"
mount --bind "$scratch" "$seen/scratch"
# Everything else in the cache is none of QEMU's.
for kind in disks guests; do
  mkdir -p "$seen/cache/$kind"
  mount --bind "$cache/$kind" "$seen/cache/$kind"
done
for kind in lib log cache; do
  mkdir -p "$data/var-$kind/libvirt"
done
cp -R "$data/conf" /run/libvirt-conf
# By the other name: the folder may lie below one of those that are covered now.
mount --bind "$data" "$seen/data"
for kind in lib log cache; do
  mount --bind "$seen/data/var-$kind" "/var/$kind"
done
mkdir -p /etc/libvirt
mount --bind /run/libvirt-conf /etc/libvirt
# Debian's daemon looks this one up, and does not start without it, whatever user it is told.
for file in passwd group; do
  grep -q '^libvirt-qemu:' "/etc/$file" || echo "libvirt-qemu:x:$user:$([ $file = group ] || echo "$user::/nonexistent:/usr/sbin/nologin")" >>"/etc/$file"
done
exec sh "$devices" "$user" "$@"
