#!/bin/sh
# Makes rootfs/: a static program and a page. busybox stands for yours: apt-get install busybox-static
# A Go program takes its place with: CGO_ENABLED=0 go build -o rootfs/server, and its name in scenario.yaml
set -eu
cd "$(dirname "$0")"
mkdir -p rootfs/site
cp "$(command -v busybox)" rootfs/busybox
echo 'It works' >rootfs/site/index.html
