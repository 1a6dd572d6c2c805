#!/bin/sh
# Becomes a runtime that does not see /proc/sys/net. The engine that starts it needs those files itself, so this runs in a
# mount namespace of the runtime's own (unshare), a copy of the engine's with all that the engine has mounted by then.
# usage: engine-runtime.sh PROGRAM [ARGUMENT...]
# gVisor takes a namespace in which it finds net/core/rmem_default for the machine's own and refuses to use its network;
# since 6.18 Linux shows that file in every namespace.
set -eu
mount -t tmpfs -o ro,mode=555 tmpfs /proc/sys/net
exec "$@"
