# Touches memory page by page (faults), then reads it at random places, each of which depends on what was read before.
my ($mebibytes, $reads) = @ARGV;
my $bytes = $mebibytes << 20;
my $memory = "\0" x $bytes;
my $mask = $bytes - 1;
my $at = 1;
$at = ($at * 1664525 + 1013904223 + ord(substr($memory, $at, 1))) & $mask for 1 .. $reads;
