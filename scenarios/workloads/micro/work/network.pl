# Sends to a peer that sends everything back: single bytes, each answered before the next (requests), then blocks of 64 KiB (bulk).
use strict;
use Socket qw(INADDR_ANY IPPROTO_TCP PF_INET SOCK_STREAM SOL_SOCKET SO_REUSEADDR TCP_NODELAY pack_sockaddr_in);
my ($port, $requests, $blocks) = @ARGV;
$SIG{PIPE} = 'IGNORE';
socket(my $server, PF_INET, SOCK_STREAM, IPPROTO_TCP) or die "socket: $!";
setsockopt($server, SOL_SOCKET, SO_REUSEADDR, 1) or die "setsockopt: $!";
bind($server, pack_sockaddr_in($port, INADDR_ANY)) or die "bind: $!";
listen($server, 8) or die "listen: $!";

sub back_and_forth {
  my ($peer, $data) = @_;
  my $left = length $data;
  (syswrite($peer, $data) // 0) == $left or return 0;
  while ($left > 0) {
    my $read = sysread($peer, my $some, $left);
    return 0 unless $read;
    $left -= $read;
  }
  return 1;
}

my $peer;
# The peer may have given up a connection that took it too long to make.
do {
  accept($peer, $server) or die "accept: $!";
  setsockopt($peer, IPPROTO_TCP, TCP_NODELAY, 1) or die "setsockopt: $!";
} until back_and_forth($peer, 'x');
for (1 .. $requests) { back_and_forth($peer, 'x') or die "request: $!" }
my $block = 'x' x 65536;
for (1 .. $blocks) { back_and_forth($peer, $block) or die "bulk: $!" }
