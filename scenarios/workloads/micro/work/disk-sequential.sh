# A file is written past the page cache, and read again past it.
dd if=/dev/zero of=/var/tmp/micro bs=1M count="$1" oflag=direct conv=fsync status=none &&
  dd if=/var/tmp/micro of=/dev/null bs=1M iflag=direct status=none
