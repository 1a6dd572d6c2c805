# usage: push.pl KIND MILLISECONDS ADDRESS
# Does as much of one kind of work as it can, for that long, and counts its steps.
use strict;
use Fcntl qw(O_CREAT O_SYNC O_WRONLY);
use Socket qw(AF_INET SOCK_DGRAM inet_aton pack_sockaddr_in);

my ($kind, $milliseconds, $address) = @ARGV;
my $folder = '/srv/data';

# What its workers have started comes to it when they end (prctl's PR_SET_CHILD_SUBREAPER, on x86-64), so that nothing of it
# waits for anybody else to be reaped, and counts as a process until then.
syscall(157, 36, 1, 0, 0, 0);
my @workers;
pipe(my $steps, my $report) or die "pipe: $!";
binmode $_ for $steps, $report;

sub done { syswrite($report, 'x') }

# What cannot be done now is tried again a little later; it is no step.
sub pause { select(undef, undef, undef, 0.01); 0 }

# A child that does a step again and again, and reports each that was one; each makes its own preparations.
sub worker {
  my ($prepare) = @_;
  defined(my $child = fork()) or return;
  if ($child) {
    push @workers, $child;
    return;
  }
  # A group of its own, so that all that it has started can be ended at once.
  setpgrp(0, 0);
  close $steps;
  my $step = $prepare->();
  while (1) { done() if $step->() }
}

my ($block, $piece) = (16 << 20, 1 << 20);
my %kinds = (
  idle => [0],
  cpu => [4, sub { sub { my $n = 0; $n += $_ for 1 .. 20_000; 1 } }],
  # Memory without end; the kernel ends it.
  memory => [1, sub {
    sub {
      defined(my $child = fork()) or return pause();
      if (!$child) { my $all = ''; while (1) { $all .= "\1" x (1 << 20); done() } }
      waitpid($child, 0);
      0;
    }
  }],
  'memory-bandwidth' => [2, sub {
    my ($from, $to, $at) = ("\1" x $block, "\2" x $block, 0);
    # In steps that are small enough to be counted where there is little of a CPU for them.
    sub { substr($to, $at, $piece, substr($from, $at, $piece)); $at = ($at + $piece) % $block; 1 }
  }],
  # Each child goes on as its parent does.
  fork => [1, sub { sub { defined(fork()) || pause() } }],
  disk => [1, sub {
    sysopen(my $out, "$folder/synced-$$", O_WRONLY | O_CREAT | O_SYNC) or die "open: $!";
    my ($data, $at) = ("\1" x 4096, 0);
    sub { sysseek($out, 4096 * ($at++ % 256), 0); syswrite($out, $data) }
  }],
  network => [2, sub {
    socket(my $out, AF_INET, SOCK_DGRAM, 0) or die "socket: $!";
    my $to = pack_sockaddr_in(9, inet_aton($address));
    my $data = "\1" x 1400;
    sub { send($out, $data, 0, $to) for 1 .. 50; 1 }
  }],
  # Names that are not there, which the kernel remembers, and files that come and go.
  kernel => [2, sub {
    my $n = 0;
    sub {
      for (1 .. 100) { $n++; stat("$folder/missing-$$-$n") }
      for (1 .. 5) { if (open(my $file, '>', "$folder/file-$$-$_")) { close $file } unlink("$folder/file-$$-$_") }
      1;
    }
  }],
);

my ($workers, $prepare) = @{$kinds{$kind} // die "push.pl: no kind of work is called $kind\n"};
my $over = 0;
$SIG{TERM} = sub { $over = 1 };
my $parent = $$;
if (!(fork() // die "fork: $!")) {
  select(undef, undef, undef, $milliseconds / 1000);
  kill 'TERM', $parent;
  exit;
}
worker($prepare) for 1 .. $workers;
my $count = 0;
while (!$over) { $count += sysread($steps, my $some, 65536) // 0 }
kill 'KILL', map { -$_ } @workers;
1 while waitpid(-1, 0) > 0;
print "work=$count\n";
