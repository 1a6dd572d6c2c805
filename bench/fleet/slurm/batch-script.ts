/** The batch script of one node: a run of Tare for each task of its array, whose folder all nodes see. */

export interface BatchJob {
  /** The fleet's folder, on a file system that all nodes have. */
  folder: string;
  /** The program that runs, on the same file system: Node, its options, and Tare. */
  program: readonly string[];
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
    `--output=${job.folder}/logs/${node}-%A-%a.log`,
    `--chdir=/`,
    ...(partition === null ? [] : [`--partition=${partition}`]),
    ...(constraint === null ? [] : [`--constraint=${constraint}`]),
    ...(time === null ? [] : [`--time=${time}`]),
  ];
}

/**
 * A requeued task goes on with the run that it finds. What a killed one left on the node is cleaned first, since it had
 * no time to do so itself.
 */
export function batchScript({ folder, program, args, features }: BatchJob): string {
  return `#!/bin/bash
# Written by tare fleet run: one task of one node.
set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export TARE_HOST_NAME="$SLURMD_NODENAME"
export TARE_HOST_LABELS=${quoted(features.length === 0 ? '' : `class=${features.join('+')}`)}
if [ "\${SLURM_TOPOLOGY_ADDR:-$SLURMD_NODENAME}" != "$SLURMD_NODENAME" ]; then
  TARE_HOST_LABELS="$TARE_HOST_LABELS,topology=$SLURM_TOPOLOGY_ADDR"
fi
fleet=${quoted(folder)}
tare=(${program.map(quoted).join(' ')})
run="$fleet/runs/$SLURMD_NODENAME/$SLURM_ARRAY_JOB_ID-$SLURM_ARRAY_TASK_ID"
cd "$fleet" || { echo "tare: this node does not see $fleet; a fleet needs a folder that all nodes share"; exit 3; }
[ -x "\${tare[0]}" ] || { echo "tare: this node does not have \${tare[0]}"; exit 3; }
mkdir -p "$(dirname "$run")"
"\${tare[@]}" clean -q >/dev/null || echo "tare: what an earlier task left could not be removed"
if [ -e "$run/events.ndjson" ]; then
  "\${tare[@]}" run --resume "$run" -q &
else
  "\${tare[@]}" run ${args.map(quoted).join(' ')} --out "$run" -q &
fi
child=$!
# Slurm's signal goes to all processes; the run cleans up, and this waits for it.
trap 'wait $child' TERM
wait $child
code=$?
echo $code > "$run.exit"
exit $code
`;
}

/** For bash: between single quotes nothing has a meaning. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
