#!/bin/sh
# Removes what scale-one.sh has made. usage: scale-remove.sh RUN-NAMESPACE FOLDER NUMBER
run=$1 folder=$2 id=p$3
runc --root "$folder/state" delete --force "$run-$id"
ip -netns "$run" link delete "$id"
ip netns delete "$run-$id"
umount "$folder/$id/merged"
rm -rf "${folder:?}/$id"
