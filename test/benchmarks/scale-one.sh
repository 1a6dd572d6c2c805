#!/bin/sh
# One container the plain way: network namespace, layer, bundle, `runc run`, and a request until it is answered. Prints its number and
# the seconds since boot before and after it.
# usage: scale-one.sh RUN-NAMESPACE FOLDER ROOT PORT NUMBER
# FOLDER has config.json with @ID@, @ROOT@, @NETWORK@ in it. Numbers go on from 2 to 60,000; a bridge for each 1,000 is there.
set -eu
read -r began rest </proc/uptime
run=$1 folder=$2 root=$3 port=$4 number=$5
id=p$number
name=$run-$id
subnet=$((88 + number / 1000))
address=10.$subnet.$((number % 1000 / 250)).$((number % 250 + 2))
ip netns add "$name"
ip -netns "$run" -batch - <<BATCH
link add $id type veth peer name eth0 netns $name
link set $id addrgenmode none
link set $id master pb$subnet up
BATCH
ip -netns "$name" -batch - <<BATCH
link set lo up
link set eth0 addrgenmode none
address add $address/16 dev eth0
link set eth0 up
route add default via 10.$subnet.255.254
BATCH
bundle=$folder/$id
mkdir -p "$bundle/upper" "$bundle/work" "$bundle/merged"
mount -t overlay -o "lowerdir=$root,upperdir=$bundle/upper,workdir=$bundle/work" overlay "$bundle/merged"
sed -e "s|@ID@|$id|g" -e "s|@ROOT@|$bundle/merged|" -e "s|@NETWORK@|/run/netns/$name|" \
  "$folder/config.json" >"$bundle/config.json"
runc --root "$folder/state" run --detach --bundle "$bundle" "$name" </dev/null >/dev/null 2>&1
until nsenter "--net=/run/netns/$run" busybox wget -q -O /dev/null "http://$address:$port/"; do sleep "${PAUSE:-0.02}"; done
read -r ended rest </proc/uptime
echo "$number $began $ended"
