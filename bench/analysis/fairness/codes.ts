/** Everything the fairness check can find, with its level and what to do. docs/fairness.md lists the same for users. */
import type { RecordedFinding } from '../../record/schema.ts';

export interface FairnessCode {
  /** `error` forbids a comparison, `warn` weakens it, `note` explains it. */
  level: RecordedFinding['level'];
  /** What is unfair, as a sentence without its platforms, which follow in brackets. */
  message: string;
  remedy: string;
}

export type FairnessCodeName = keyof typeof fairnessCodes;

export const fairnessCodes = {
  'payload-digest': {
    level: 'error',
    message: 'they ran different payloads',
    remedy: 'run them from one scenario, so that all are packed from the same payload',
  },
  'memory-limit': {
    level: 'error',
    message: 'their memory limits differ',
    remedy: 'give every platform the same limits.memory',
  },
  'cpu-limit': {
    level: 'error',
    message: 'their CPU limits differ',
    remedy: 'give every platform the same limits.cpus',
  },
  'cpu-set': {
    level: 'error',
    message: 'they ran on different CPUs',
    remedy: 'run them in one run, which gives all of them the same CPU set',
  },
  'jvm-flags': {
    level: 'error',
    message: 'the JVM was started with different flags, as seen from inside',
    remedy: 'state the flags in the workload and leave them alike for all platforms',
  },
  'jvm-collector': {
    level: 'error',
    message: 'the JVM chose different garbage collectors, as seen from inside',
    remedy: 'name the collector in the workload, for instance -XX:+UseSerialGC',
  },
  'heap-size': {
    level: 'error',
    message: 'the JVM has heaps of different sizes',
    remedy: 'size the heap from the limit with -Xmx${memory:50%}m instead of leaving it to the JVM',
  },
  'cpus-seen': {
    level: 'error',
    message: 'the workload saw different numbers of CPUs',
    remedy: 'use whole CPUs in limits.cpus; a VM cannot have a fraction of a virtual CPU',
  },
  'start-delay': {
    level: 'error',
    message: 'some were started with a delay on purpose',
    remedy: 'leave start-delay out, unless a gate is to be put to the test',
  },
  'memory-seen': {
    level: 'note',
    message: 'some show the workload its memory limit, and others the memory of the whole machine',
    remedy: 'state in the workload what it would size by the memory it sees: heaps, caches, workers',
  },
  'accel-tcg': {
    level: 'warn',
    message:
      'these VMs ran under software emulation (TCG): typically 10–20× slower than with hardware virtualization; the factor varies with the workload, so do not compare these figures with KVM. The translation cache adds to the memory',
    remedy: 'run on a machine with usable hardware virtualization before drawing conclusions about VMs',
  },
  'accel-mixed': {
    level: 'warn',
    message: 'some VMs ran under KVM and others under emulation',
    remedy: 'compare VMs of one accelerator only: --accel kvm or --accel tcg',
  },
  'lab-tcg': {
    level: 'warn',
    message:
      'the lab itself ran under software emulation (TCG): no time here says how long anything takes on real hardware, and ratios between platforms are not those of real hardware either',
    remedy: 'none is needed to prove that platforms work; measure on hardware',
  },
  'lab-restarted': {
    level: 'note',
    message: 'the lab hung and was started again: its samples are from more than one boot of the same system',
    remedy: 'none: emulated virtualization loses a timer now and then; see lab.restarts in run.json',
  },
  'virtual-time': {
    level: 'warn',
    message:
      'times are virtual: they count executed instructions and know nothing of caches, memory or disks; they tell whether something got heavier, and never how long it takes',
    remedy: 'none is needed to find regressions; measure without --virtual-time on hardware for real times',
  },
  'from-snapshot': {
    level: 'warn',
    message: 'some continue from a snapshot in which the workload is ready already, and others start it',
    remedy: 'read the startup of a clone as the time to one more instance, not as a boot',
  },
  'page-cache': {
    level: 'warn',
    message: "some read their files through the page cache of the machine's kernel, and others past it",
    remedy: 'use disk-cache: writeback for all VMs',
  },
  'no-warm-up': {
    level: 'warn',
    message:
      'they gave no sample in the warm-up block, so that their first one may have met a cold page cache',
    remedy: 'see under failures why, and run again',
  },
  'cache-mode': {
    level: 'warn',
    message: 'they do not treat writes alike: some wait for the disk or never ask it to keep them',
    remedy: 'use disk-cache: writeback for all VMs; that is how the kernel treats files of containers, too',
  },
  'huge-pages': {
    level: 'warn',
    message: 'some have their memory in huge pages, and others do not',
    remedy: 'use huge-pages for all VMs or for none, and do not set their memory against that of containers',
  },
  ksm: {
    level: 'warn',
    message:
      'the kernel merges equal pages of some (KSM), which makes them smaller by every lens, and not of others',
    remedy: 'switch KSM off for the run (echo 2 > /sys/kernel/mm/ksm/run), or use ksm: false',
  },
  'own-boot-files': {
    level: 'warn',
    message: "these VMs start from files of the user's instead of Tare's",
    remedy: 'none where that is what is to be compared; their digests are in the record',
  },
  'harness-cpu': {
    level: 'warn',
    message: 'the instances share their CPUs with the harness and its prober',
    remedy: 'leave one CPU free: set limits.cpus below the number of CPUs of the machine',
  },
  'host-busy': {
    level: 'warn',
    message: 'the machine was busy when the run began',
    remedy: 'stop other work on the machine and run again',
  },
  'machine-speed': {
    level: 'warn',
    message: 'the machine itself was not as fast as in the reference run, so absolute times say little',
    remedy:
      'gate on ratios to another platform of the run (`over`), or run again when the machine is as it was',
  },
  'other-run': {
    level: 'warn',
    message: 'other runs of Tare measured on this machine at the same time, and each slowed the others down',
    remedy: 'run one after the other; `tare run A B` does so, and `tare compare --ab A B` takes turns',
  },
  'network-class': {
    level: 'note',
    message: 'they are connected in different ways',
    remedy:
      'none: a VM has a tap device where a container has a veth pair; latencies include that difference',
  },
  kernel: {
    level: 'note',
    message: 'they run on different kernels',
    remedy: "none: a VM brings its own kernel, containers and processes have the host's",
  },
  'file-system': {
    level: 'note',
    message: 'their files lie in different kinds of file systems',
    remedy: 'none: it belongs to the platform; a first write costs more in a layer than on a disk',
  },
  logging: {
    level: 'note',
    message: 'what the workload prints takes different ways',
    remedy: 'keep the workload quiet where that matters: a serial port is slow, and engines write files',
  },
  'output-access': {
    level: 'note',
    message:
      'in some, the pipe of the output is open by name (/dev/stdout) to root and to the user that the workload starts as, and to no other',
    remedy:
      'let the workload open /dev/stdout before it changes its user, as nginx does, or write to the descriptors that it has',
  },
  privileges: {
    level: 'note',
    message:
      "root has all rights in some: a VM's kernel is its own, so every capability is given, no system call is filtered, and /proc and /sys can be written",
    remedy:
      'none: it belongs to the platform; do not rely on such rights in a workload that runs in containers',
  },
  'first-process': {
    level: 'note',
    message:
      'the workload is process 1 in some, where the kernel ignores every signal for which it has no handler',
    remedy: 'give the workload a handler for its stop signal, or start it through an init such as tini',
  },
  sandbox: {
    level: 'note',
    message:
      "in some, a kernel in user space (gVisor) answers the workload's system calls: each costs more, /proc, /sys and /dev are that kernel's own, its memory counts with the workload's, and nothing tells when the workload was executed",
    remedy: 'none: it belongs to the platform; compare startup.ready, and memory by the lens cgroup',
  },
  rootless: {
    level: 'note',
    message:
      'some are started by an ordinary user of the machine: root inside is that user, a user namespace is made at each start, and a program of the user carries every packet',
    remedy:
      'none: that is what rootless costs; compare with the same runtime as root, and read latency.* and throughput with the network in mind',
  },
  'security-profile': {
    level: 'note',
    message: 'their filters of system calls differ',
    remedy:
      "none: containers have docker's, systemd-nspawn can load none but its own, and a process is no container; " +
      'a filter costs a little in every system call',
  },
  'swap-on': {
    level: 'note',
    message: 'the machine has swap: memory under pressure may be swapped out and then counts in no lens',
    remedy: 'swapoff -a for the time of the run',
  },
} as const satisfies Record<string, FairnessCode>;
