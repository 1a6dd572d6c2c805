# One byte to and fro between two processes: each turn is two switches of the context, and four system calls.
my $count = shift;
pipe(my $here, my $out) && pipe(my $there, my $back) or die "pipe: $!";
my $child = fork() // die "fork: $!";
my $byte = 'x';
if ($child == 0) {
  for (1 .. $count) { sysread($here, $byte, 1) == 1 && syswrite($back, $byte, 1) == 1 or die "pipe: $!" }
  exit 0;
}
for (1 .. $count) { syswrite($out, $byte, 1) == 1 && sysread($there, $byte, 1) == 1 or die "pipe: $!" }
waitpid($child, 0);
exit($? == 0 ? 0 : 1);
