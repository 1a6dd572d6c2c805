/** The batch script of one node: a run of Tare for each task of its array. */
import { bundleFiles } from './bundle-files.ts';

export interface BatchJob {
  /** The fleet's folder, on a file system that all nodes have unless it is broadcast. */
  folder: string;
  /** The program that runs, on the same file system: Node, its options, and Tare. */
  program: readonly string[];
  /** A folder of each node's own, where what is needed is brought by `sbcast`; null: nodes share a file system. */
  broadcast: string | null;
  /** Arguments of `tare run` without the folder. */
  args: readonly string[];
  /** Of all jobs of the fleet. */
  name: string;
  /** Slurm's features of the node: nodes that differ in them are of different classes. */
  features: readonly string[];
}

/** Options of sbatch for a node; nothing of the submitting shell's environment goes along. */
export function batchOptions(
  job: BatchJob,
  {
    node,
    runs,
    partition,
    constraint,
    time,
  }: {
    node: string;
    runs: number;
    partition: string | null;
    constraint: string | null;
    time: string | null;
  },
): string[] {
  return [
    `--job-name=${job.name}`,
    '--nodes=1',
    '--ntasks=1',
    '--exclusive',
    '--requeue',
    '--open-mode=append',
    '--export=NONE',
    `--nodelist=${node}`,
    // One after the other: two runs at once would measure each other.
    `--array=0-${runs - 1}%1`,
    `--output=${job.broadcast === null ? `${job.folder}/logs` : job.broadcast}/${logName(node, '%A', '%a')}`,
    `--chdir=/`,
    ...(partition === null ? [] : [`--partition=${partition}`]),
    ...(constraint === null ? [] : [`--constraint=${constraint}`]),
    ...(time === null ? [] : [`--time=${time}`]),
  ];
}

/** In the fleet's folder of logs; where nodes share none, on the node until it is fetched. */
export function logName(node: string, job: string, task: number | string): string {
  return `${node}-${job}-${task}.log`;
}

/** Where an array's tasks find what was brought to their node, and leave their runs. */
export function nodeFolder(broadcast: string, node: string, job: string): string {
  return `${broadcast}/tare-fleet/${node}/${job}`;
}

export function batchScript(job: BatchJob): string {
  return `#!/bin/bash
# Written by tare fleet run: one task of one node.
set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export TARE_HOST_NAME="$SLURMD_NODENAME"
export TARE_HOST_LABELS=${quoted(job.features.length === 0 ? '' : `class=${job.features.join('+')}`)}
if [ "\${SLURM_TOPOLOGY_ADDR:-$SLURMD_NODENAME}" != "$SLURMD_NODENAME" ]; then
  TARE_HOST_LABELS="$TARE_HOST_LABELS,topology=$SLURM_TOPOLOGY_ADDR"
fi
task="$SLURM_ARRAY_JOB_ID-$SLURM_ARRAY_TASK_ID"
${job.broadcast === null ? onSharedFolder(job) : onOwnFolder(job, job.broadcast)}`;
}

function onSharedFolder(job: BatchJob): string {
  const { folder, program } = job;
  return `fleet=${quoted(folder)}
tare=(${program.map(quoted).join(' ')})
run="$fleet/runs/$SLURMD_NODENAME/$task"
cd "$fleet" || { echo "tare: this node does not see $fleet; a fleet needs a folder that all nodes share, or --broadcast"; exit 3; }
[ -x "\${tare[0]}" ] || { echo "tare: this node does not have \${tare[0]}; share it, or use --broadcast"; exit 3; }
mkdir -p "$(dirname "$run")"
${cleanAndRun(job)}echo $code > "$run.exit"
exit $code
`;
}

/**
 * The comment of the job is how a node speaks to the host that follows the fleet, which brings and fetches. While it
 * measures, nothing looks into the node.
 */
function onOwnFolder(job: BatchJob, broadcast: string): string {
  return `# This node shares no file system: sbcast brings what runs, and the run is fetched before the task ends.
say() { scontrol update JobId="$SLURM_JOB_ID" Comment="tare: $1" || { echo "tare: scontrol does not work on this node"; exit 3; }; }
finish() { say "fetch $1"; until [ -e "$run.fetched" ]; do sleep 1; done; leave; exit "$1"; }
leave() {
  rm -f "${broadcast}/${logName('$SLURMD_NODENAME', '$SLURM_ARRAY_JOB_ID', '$SLURM_ARRAY_TASK_ID')}"
  [ "$SLURM_ARRAY_TASK_ID" != "$SLURM_ARRAY_TASK_MAX" ] || rm -rf --one-file-system "$own"
}
own="${nodeFolder(broadcast, '$SLURMD_NODENAME', '$SLURM_ARRAY_JOB_ID')}"
run="$own/runs/$task"
tare=("$own/bundle/${bundleFiles.node}" "$own/bundle/${bundleFiles.tare}")
mkdir -p "$own/runs" "$own/bundle" && cd "$own" || { echo "tare: cannot write to $own"; exit 3; }
if [ ! -e bundle.ready ]; then
  trap 'rm -rf --one-file-system "$own"; leave; exit 143' TERM
  say send
  until [ -s bundle.sha256 ]; do sleep 1; done
  say unpack
  sha256sum --quiet -c bundle.sha256 && tar --xattrs --xattrs-include='*' --numeric-owner -xpf bundle.tar -C bundle || {
    echo "tare: what was brought to this node is not whole; $(df -Ph ${broadcast} | awk 'END { print $4 }') are free in ${broadcast}"
    finish 3
  }
  trap - TERM
  rm bundle.tar && touch bundle.ready
fi
say run
${cleanAndRun(job)}# Nobody could fetch it any more where Slurm ends the task; requeued, it goes on with what is here.
[ "$ended" = no ] || exit $code
finish $code
`;
}

/**
 * A requeued task goes on with the run that it finds. What a killed one left on the node is cleaned first, since it had
 * no time to do so itself.
 */
function cleanAndRun({ args, broadcast }: BatchJob): string {
  // Fleets whose tasks were killed here: this one has the node to itself.
  const others =
    broadcast === null
      ? ''
      : `for other in "\${own%/*}"/*; do [ "$other" = "$own" ] || rm -rf --one-file-system "$other"; done\n`;
  const given =
    broadcast === null
      ? ''
      : ` --given "$own/bundle/${bundleFiles.given}" --cache-dir "$own/bundle/${bundleFiles.cache}"`;
  return `# Of this task before it was requeued.
rm -f "$run.exit"
[ -z "\${SLURM_RESTART_COUNT:-}" ] || echo "$SLURM_RESTART_COUNT" > "$run.restarts"
"\${tare[@]}" clean -q >/dev/null || echo "tare: what an earlier task left could not be removed"
${others}if [ -e "$run/events.ndjson" ]; then
  "\${tare[@]}" run --resume "$run"${given} -q &
else
  "\${tare[@]}" run ${args.map(quoted).join(' ')}${given} --out "$run" -q &
fi
child=$!
ended=no
# Slurm's signal goes to all processes; the run cleans up, and this waits for it.
trap 'ended=yes; wait $child' TERM
wait $child
code=$?
`;
}

/** For bash: between single quotes nothing has a meaning. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
