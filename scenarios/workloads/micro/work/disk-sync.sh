# Small writes, each of which must be on the disk before the next.
exec dd if=/dev/zero of=/var/tmp/micro bs=4k count="$1" oflag=dsync status=none
