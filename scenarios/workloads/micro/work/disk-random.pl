# Reads blocks of 4 KiB at random places of a file that is on the disk and not in the page cache.
use POSIX ();
my ($mebibytes, $reads) = @ARGV;
my $file = '/var/tmp/micro';
system('dd', 'if=/dev/urandom', "of=$file", 'bs=1M', "count=$mebibytes", 'conv=fsync', 'status=none') == 0 or die 'dd';
# No bytes are copied; the file leaves the page cache.
system('dd', "if=$file", 'of=/dev/null', 'iflag=nocache', 'count=0', 'status=none') == 0 or die 'dd';
open(my $in, '<:raw', $file) or die "$file: $!";
my $blocks = $mebibytes * 256;
my $block = 1;
for (1 .. $reads) {
  # A full cycle over all residues, so that no block is read twice before each was.
  $block = ($block * 1664525 + 1013904223) % $blocks;
  sysseek($in, $block * 4096, 0);
  sysread($in, my $data, 4096) == 4096 or die "read: $!";
}
