#!/bin/sh
# What a rootless engine does for a container before it starts the runtime. In the user namespace, which this runs in already:
# a network namespace, joined by a program of the user's that carries connections into it. Then becomes the runtime.
# usage: start.sh FORWARDER FOLDER ADDRESS PORT PROGRAM [ARGUMENT...]
set -eu
forwarder=$1
folder=$2
address=$3
port=$4
shift 4
: >"$folder/net"
unshare --net="$folder/net" true
case $forwarder in
*pasta)
  # It goes to the background once everything is set up.
  [ "$port" = 0 ] || set -- --tcp-ports "$address/$port" -- "$@"
  [ "$port" != 0 ] || set -- --tcp-ports none -- "$@"
  "$forwarder" --config-net --quiet "$1" "$2" --udp-ports none --tcp-ns none --udp-ns none --no-map-gw \
    --netns "$folder/net" >"$folder/forwarder.log" 2>&1 || {
    cat "$folder/forwarder.log" >&2
    exit 1
  }
  shift 3
  ;;
*)
  mkfifo "$folder/ready"
  # No child of the runtime's: crun waits for the end of all that it has.
  ("$forwarder" --configure --mtu=65520 --disable-host-loopback --enable-sandbox --enable-seccomp --ready-fd=3 \
    --api-socket "$folder/forwarder" --netns-type=path "$folder/net" tap0 3>"$folder/ready" \
    >"$folder/forwarder.log" 2>&1 &)
  # It writes a digit without a line feed.
  read -r ready <"$folder/ready" || :
  [ "$ready" = 1 ] || {
    cat "$folder/forwarder.log" >&2
    exit 1
  }
  [ "$port" = 0 ] || perl -MIO::Socket::UNIX -e '
    my ($path, $address, $port) = @ARGV;
    my $socket = IO::Socket::UNIX->new(Peer => $path) or die "slirp4netns does not listen: $!\n";
    print $socket qq({"execute":"add_hostfwd","arguments":{"proto":"tcp","host_addr":"$address",) .
      qq("host_port":$port,"guest_addr":"10.0.2.100","guest_port":$port}});
    $socket->flush;
    shutdown $socket, 1;
    my $answer = join "", <$socket>;
    die "slirp4netns: $answer\n" unless $answer =~ /"return"/;
  ' "$folder/forwarder" "$address" "$port"
  ;;
esac
exec "$@"
