#!/usr/bin/perl
# Makes a box of namespaces around itself, waits for a line of input, and becomes the workload: one process throughout, and no
# shell after the environment is known, since a shell changes it. Perl, because it can make system calls and is on every
# Debian; its own memory is not the workload's, since it joins the cgroups last.
# usage: become.pl NAME=VALUE... -- CGROUP-FILE... -- VARIABLE=VALUE... -- PROGRAM [ARGUMENT...]
# Names: root, network (path of the namespace), hostname, workdir, uid, gid, groups, files (soft:hard),
# capabilities (numbers), shm (bytes), masked and readonly (paths). Lists have commas.
use strict;
use warnings;

# Of x86-64.
my %number = (
  execve => 59, capset => 126, setgroups => 116, setresuid => 117, setresgid => 119, pivot_root => 155, prctl => 157,
  mount => 165, umount2 => 166, sethostname => 170, unshare => 272, prlimit => 302, setns => 308, mknod => 133, close_range => 436,
);
my ($rdonly, $nosuid, $nodev, $noexec, $remount, $bind, $move, $rec) = (1, 2, 4, 8, 32, 4096, 8192, 16384);
my ($slave, $strictatime) = (1 << 19, 1 << 24);
my ($newns, $newuts, $newipc, $newnet) = (0x20000, 0x4000000, 0x8000000, 0x40000000);
my $safe = $nosuid | $nodev | $noexec;

sub must {
  my ($what, $name, @arguments) = @_;
  my $answer = syscall($number{$name}, @arguments);
  die "become.pl: $what: $!\n" if $answer == -1;
}

sub words {
  my @words;
  while (defined(my $word = shift @ARGV)) {
    last if $word eq '--';
    push @words, $word;
  }
  return @words;
}

sub mounts {
  my ($source, $target, $type, $flags, $data) = @_;
  must("mount on $target", 'mount', $source, $target, $type, $flags + 0, $data // 0);
}

sub read_only {
  my ($path) = @_;
  mounts('none', $path, 0, $remount | $bind | $rdonly | $safe);
}

my %box = map { split /=/, $_, 2 } words();
my @join = words();
my @environment = words();
my @command = @ARGV;
my $root = $box{root};
# Opened here, since the root becomes another one.
my @cgroups = map { open my $file, '>', $_ or die "become.pl: $_: $!\n"; $file } @join;

open my $network, '<', $box{network} or die "become.pl: $box{network}: $!\n";
must('join the network', 'setns', fileno($network), $newnet + 0);
close $network;
must('new namespaces', 'unshare', $newns | $newuts | $newipc);
must('name the box', 'sethostname', "$box{hostname}", length $box{hostname});
mounts('none', '/', 0, $slave | $rec);

umask 0;
for my $folder ('proc', 'sys', 'dev') {
  mkdir "$root/$folder", 0755;
}
mounts('proc', "$root/proc", 'proc', $safe);
mounts('sysfs', "$root/sys", 'sysfs', $safe | $rdonly);
mounts('/sys/fs/cgroup', "$root/sys/fs/cgroup", 0, $bind | $rec);
open my $table, '<', '/proc/self/mountinfo' or die "become.pl: mountinfo: $!\n";
for my $line (<$table>) {
  my $path = (split / /, $line)[4];
  read_only($path) if index("$path/", "$root/sys/fs/cgroup/") == 0;
}
close $table;

mounts('tmpfs', "$root/dev", 'tmpfs', $nosuid | $strictatime, 'mode=755,size=65536k');
my %device = (null => [1, 3], zero => [1, 5], full => [1, 7], random => [1, 8], urandom => [1, 9], tty => [5, 0]);
while (my ($name, $device) = each %device) {
  must("make $name", 'mknod', "$root/dev/$name", 0020666, $device->[0] << 8 | $device->[1]);
}
for my $folder ('pts', 'mqueue', 'shm') {
  mkdir "$root/dev/$folder", 0755;
}
mounts('devpts', "$root/dev/pts", 'devpts', $nosuid | $noexec, 'newinstance,ptmxmode=0666,mode=0620,gid=5');
mounts('mqueue', "$root/dev/mqueue", 'mqueue', $safe);
mounts('shm', "$root/dev/shm", 'tmpfs', $safe, "mode=1777,size=$box{shm}");
my %link = (core => '/proc/kcore', fd => '/proc/self/fd', ptmx => 'pts/ptmx');
@link{'stdin', 'stdout', 'stderr'} = map { "/proc/self/fd/$_" } 0 .. 2;
symlink $link{$_}, "$root/dev/$_" for keys %link;

for my $path (split /,/, $box{readonly}) {
  next unless -e "$root$path";
  mounts("$root$path", "$root$path", 0, $bind | $rec);
  read_only("$root$path");
}
for my $path (split /,/, $box{masked}) {
  next unless -e "$root$path";
  if (-d _) {
    mounts('tmpfs', "$root$path", 'tmpfs', $safe | $rdonly, 'size=4k');
  } else {
    mounts('/dev/null', "$root$path", 0, $bind);
  }
}

chdir $root or die "become.pl: $root: $!\n";
# Both are the same folder: the old root is then mounted on top of the new one.
my ($new, $old) = ('.', '.');
if (syscall($number{pivot_root}, $new, $old) == 0) {
  must('leave the old root', 'umount2', '.', 2);
} else {
  # A system that runs from its initial memory has a root that cannot be exchanged.
  mounts($root, '/', 0, $move);
  chroot '.' or die "become.pl: chroot: $!\n";
}
chdir '/' or die "become.pl: /: $!\n";
open my $null, '<', '/dev/null' or die "become.pl: /dev/null: $!\n";
umask 0022;
my ($soft, $hard) = split /:/, $box{files};
my ($uid, $gid, @groups) = map { $_ + 0 } @box{'uid', 'gid'}, split /,/, $box{groups};
my @capabilities = split /,/, $box{capabilities};
my $mask = 0;
$mask |= 1 << $_ for @capabilities;

for my $file (@cgroups) {
  syswrite $file, "0\n" or die "become.pl: join a cgroup: $!\n";
}
syswrite STDOUT, "waiting\n";
my $word = <STDIN>;
# Nobody is there to say it any more: the harness is gone.
exit 1 unless defined $word;

open STDIN, '<&', $null or die "become.pl: standard input: $!\n";
chdir $box{workdir} or die "become.pl: $box{workdir}: $!\n";
must('limit open files', 'prlimit', 0, 7, pack('Q2', $soft, $hard), 0);
for my $capability (0 .. 63) {
  next if $mask & 1 << $capability;
  # EINVAL: this kernel has no more.
  last if syscall($number{prctl}, 24, $capability, 0, 0, 0) == -1;
}
must('set groups', 'setgroups', scalar @groups, pack('L*', @groups));
must('set the group', 'setresgid', ($gid) x 3);
must('set the user', 'setresuid', ($uid) x 3);
if ($uid == 0) {
  my ($low, $high) = ($mask & 0xffffffff, $mask >> 32);
  must('set capabilities', 'capset', pack('L2', 0x20080522, 0), pack('L6', $low, $low, 0, $high, $high, 0));
}
# Perl ignores it, and the harness may have been started with open files of somebody else's.
$SIG{FPE} = 'DEFAULT';
syscall($number{close_range}, 3, 0xffffffff, 4);
my $program = $command[0];
syscall($number{execve}, $program, pack('p*', @command, undef), pack('p*', @environment, undef));
print STDERR "become.pl: $program: $!\n";
exit 126;
