/** The fifteen sentences in English, what was measured for each, its parts, and what its verdict does not say. */
export const claimsEn = {
  'claim.1': 'A VM starts in minutes, a container in seconds.',
  'measured.1':
    'Time from the start command to the first good answer of the same program, on the clock of the host.',
  'limits.1':
    'It is the start of one instance whose image is there. A clone from a snapshot is no VM that boots, and is not judged.',
  'part.1.vm': 'A VM takes minutes',
  'part.1.container': 'A container takes seconds',
  'claim.2': 'Containers also stop fast.',
  'measured.2':
    'Time from the request to stop until the main process is gone, from a kill, and until nothing of the container is left.',
  'limits.2':
    'A program that ignores the stop signal keeps a container up until the time limit of its engine, which this program does not.',
  'part.2.graceful': 'It ends when asked',
  'part.2.kill': 'It ends when killed',
  'part.2.released': 'Nothing is left soon after',
  'claim.3': 'A VM image is several to hundreds of GB, a container image up to hundreds of MB.',
  'measured.3': 'Bytes to send and bytes once unpacked, with the same program in every image.',
  'limits.3':
    'The size is that of the program and its libraries for the most part. A VM image of this kind has what the program needs, and no desktop.',
  'part.3.vm': 'A VM image has several GB',
  'part.3.container': 'A container image has hundreds of MB at most',
  'claim.4': 'Container images are layered and share what is common; a VM image grows in operation.',
  'measured.4': 'Blocks on disk that one more instance takes, once it is ready and was under load.',
  'limits.4':
    'Sharing is that of instances of one image. How much two different images share depends on how they were built, and was not measured.',
  'part.4.container': 'One more container takes little disk',
  'part.4.grows': 'The disk of a VM grows in operation',
  'part.4.only': 'Only containers share (one more VM takes its whole image)',
  'claim.5': 'A container uses far less memory than a VM, since it has no guest OS.',
  'measured.5':
    'Memory of one idle instance at the same limit, by proportional set size and by working set. Under software emulation the translation cache of the emulator is taken out.',
  'limits.5':
    "A guest's page cache counts as memory of its VM; a container's page cache is the host's, and is in no proportional set size.",
  'part.5.pss': 'By proportional set size',
  'part.5.workingset': 'By working set',
  'claim.6': 'On one server run 16 Tomcats as VMs, or 40 as containers.',
  'measured.6':
    'Instances that were held at the same time in the same budget of memory, all of them serving. The numbers of the sentence are 40/16 = 2.5× containers for each VM.',
  'limits.6':
    'The ratio depends on how much memory the program itself takes: the less it takes, the more the box weighs.',
  'part.6.more': 'More containers fit than VMs',
  'part.6.factor': 'The factor is about 40/16 = 2.5×',
  'claim.7': 'Hypervisors cost 10–20 %, containers 3–5 %.',
  'measured.7':
    'Time of a fixed piece of work by path (CPU, memory, system calls, processes, disk, network) over that of the bare process.',
  'limits.7': 'A single percentage cannot be right: the cost depends on the path that a program uses.',
  'part.7.vm': 'A VM costs 10–20 %',
  'part.7.container': 'A container costs 3–5 %',
  'claim.8': 'Containers suit bursts and scale out automatically.',
  'measured.8': 'Many starts at once, released by one barrier, until the last is ready.',
  'limits.8': 'How many starts are too many depends on CPUs and engine of this machine.',
  'part.8.burst': 'Containers suit bursts',
  'part.8.automatic': 'They scale out automatically',
  'because.8.automatic':
    'none of the platforms here starts a further instance by itself: that is the work of an orchestrator (Kubernetes, a cloud)',
  'because.8.success': '{values} of the starts at once succeeded',
  'claim.9': 'One container can starve the others; quotas help; VMs stay within their share.',
  'measured.9':
    'Latency of a victim under a steady load, with an aggressor beside it over without, once with the limits of the platform by default and once with limits set.',
  'limits.9': 'Aggressors that reach through the kernel that all containers share are one of seven kinds.',
  'part.9.starve': 'One container can starve the others',
  'part.9.quotas': 'Quotas help',
  'part.9.vm': 'VMs stay within their share',
  'claim.10': 'A VM image must be converted to move; a container image runs as it is.',
  'measured.10':
    'The disk of a VM in five formats: conversion, comparison, boot unconverted, and boot of a converted disk on other hardware. One container image on every container platform.',
  'limits.10':
    'Other hypervisors than QEMU were not tried, nor drivers that a guest of another vendor lacks.',
  'part.10.vm': 'A VM image must be converted',
  'part.10.container': 'A container image runs as it is',
  'claim.11': 'Data in a container is gone when it ends; in a VM it stays.',
  'measured.11':
    'A file with a digest is written to the root, once synced and once not; then the instance is restarted, stopped and started, killed and started, or made anew from its image.',
  'limits.11': 'A volume keeps its data on both; the sentence is about the root of the instance.',
  'part.11.container': 'Data in a container is gone when it ends',
  'part.11.vm': 'Data in a VM stays',
  'claim.12': 'VMs drift apart (configuration drift); containers are immutable.',
  'measured.12':
    'Files that differ from the image after boot, load and restart, by class, and between two instances after the same load.',
  'limits.12':
    'People and their tools make most of the drift of long-lived machines. This shows what the system itself changes.',
  'part.12.vm': 'VMs drift apart',
  'part.12.container': 'Containers are immutable',
  'claim.13': "A VM may run any OS and kernel; a container has the host's kernel.",
  'measured.13': 'The kernel that the program sees, against that of the host.',
  'limits.13': 'The guests here are Linux. Another operating system was not tried.',
  'part.13.vm': 'A VM has a kernel of its own',
  'part.13.container': "A container has the host's kernel",
  'because.13.own': '{values}, where the host has {host}',
  'because.13.host': '{values}, the kernel of the host',
  'because.13.same': '{values}: as on the host, so that the release alone cannot tell them apart',
  'because.13.some': '{yes} has the kernel of the host, {no} not',
  'claim.14': 'Failed containers recover by themselves, and fast.',
  'measured.14':
    'Time from a fault until the program answers again, by the mechanism of the platform alone and where it is on by default.',
  'limits.14': 'An orchestrator restarts what a container platform leaves dead.',
  'part.14.itself': 'They recover by themselves',
  'part.14.fast': 'They recover fast',
  'claim.15': 'LXD is faster than KVM.',
  'measured.15':
    'Time to ready, and throughput where it was measured, of LXD (or Incus) over a VM under KVM.',
  'limits.15':
    'LXD runs system containers, and VMs too: the sentence compares a manager with a kernel module.',
  'part.15.startup': 'It starts faster',
  'part.15.throughput': 'It serves more',
  'because.6.program': 'the program was {workload}, and the sentence is about Tomcat',
  'need.6.program': 'the density of Tomcat (`tare claims full`, or `tare density`)',
  'because.9.quotas': '{with} with quotas, {without} without ({limit}, or at most half of the harm is left)',
  'because.9.noHarm': 'without quotas nothing was starved, so that there was nothing to help',
  'need.13': 'a run of a workload that says what it sees (`facts-path`)',
  'need.13.boot': 'a guest with another release of the kernel than the host',
  'need.12': 'drift of a VM with a whole operating system (`vm-full`, in the scenario `drift`)',
  'threshold.13': 'The release of the kernel inside, compared with that of the host',
  'threshold.memory': 'Memory of a VM over that of the container that takes most: {limit}',
  'threshold.8': 'The last of the largest burst is ready: {limit}, and none fails',
  'threshold.9.starve': 'p99 of the victim with an aggressor over without: {limit} for one container or more',
  'threshold.9.quotas': 'p99 with quotas: {limit}, or at most half of the harm is left',
  'threshold.10':
    'A format must be converted if QEMU does not boot it as it is; a container image runs as it is if every platform gets it ready',
  'threshold.11': 'The share of files that came back: none, or all',
  'threshold.12':
    'Files that differ after load: none for an immutable container; one or more between two VMs after the same load',
  'because.14.noStart': '{values}, and no run has the time of a start beside it',
  'limit.14': '{limit}, and {starts} a start of the same platform',
  'threshold.14.fast':
    'Fast: from the fault until the program answers {limit}, and {starts} a start of the same platform',
  'threshold.14': 'By themselves: a mechanism is there, and is on by default',
} as const;
