# Compresses a library of the payload, in one thread.
exec xz --threads=1 -6 --stdout /usr/lib/x86_64-linux-gnu/libcrypto.so.3 >/dev/null
