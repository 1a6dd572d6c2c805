#!/bin/sh
# What a server's boot would have done by now: drivers, tracing and loopback.
set -eu
for module in overlay bridge veth tun vhost_net; do modprobe "$module"; done
if grep -q AuthenticAMD /proc/cpuinfo; then kvm=kvm_amd; else kvm=kvm_intel; fi
modprobe "$kvm" || echo "lab: no $kvm, so no KVM" >/dev/console
mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
# Libraries that Node brought with it.
if [ -d /opt/tare/lib ]; then
  echo /opt/tare/lib >/etc/ld.so.conf.d/tare.conf
  ldconfig
fi
# Modules that it reads from where they were outside.
if [ -d /opt/tare/files ]; then cp --recursive /opt/tare/files/. /; fi
ip link set lo up
echo tare-lab >/proc/sys/kernel/hostname
