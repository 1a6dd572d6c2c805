/** Schema of a workload's `rootfs`: where its root filesystem comes from. One entry per source. */
import { z } from 'zod';
import { argument, duration, payloadPath, size, wholeNumber } from './fields.ts';
import { containerBuilders, rootfsVariants } from './allowed-words.ts';

const extraFile = z
  .strictObject({
    from: z
      .string()
      .min(1, 'expected a path')
      .describe('A file, or a folder that is copied whole; relative to the file that states it.'),
    to: payloadPath.describe('Absolute path inside the payload.'),
    mode: z
      .string({
        error: 'expected an octal mode in quotes, such as "0644" (without quotes YAML reads another number)',
      })
      .regex(/^0?[0-7]{3}$/, 'expected an octal mode in quotes, such as "0644"')
      .prefault('0644')
      .describe('Permission bits of the files, octal and in quotes. Folders get the matching search bits.'),
    owner: z
      .string()
      .regex(
        /^[a-z0-9_][a-z0-9_-]*:[a-z0-9_][a-z0-9_-]*$/,
        'expected user:group by name or number, such as root:root',
      )
      .prefault('root:root')
      .describe('Owner and group, by name or number.'),
  })
  .describe('Our own file or folder, copied over what the source gave.');

/** What every source lets the workload change of what it gave. */
const changes = {
  files: z
    .array(extraFile)
    .prefault([])
    .describe('Files of ours, copied in this order after everything else.'),
  remove: z
    .array(
      payloadPath.refine((path) => path !== '/', {
        message: 'the whole payload; expected a path inside it',
      }),
    )
    .prefault([])
    .describe('Files and folders removed: what is useless or differs from build to build.'),
  'max-size': size(2 ** 20, 2 ** 50)
    .optional()
    .describe('What its files may have together, the holes of sparse files counted; 64GiB without it.'),
  'max-files': wholeNumber(1, 100_000_000)
    .optional()
    .describe('How many files, folders and links it may have; 1000000 without it.'),
};

const meaning = 'Where the root filesystem comes from.';

/** A path of this machine, relative to the file that states it. */
const hostPath = z.string().min(1, 'expected a path');

const debianRootfs = z
  .strictObject({
    from: z.literal('debian').describe(meaning),
    suite: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, 'expected the name of a release, such as bookworm')
      .prefault('bookworm')
      .describe('Debian release.'),
    variant: z
      .enum(rootfsVariants)
      .prefault('minbase')
      .describe(
        "mmdebstrap's choice of base packages; `extract` unpacks only those named, without running anything.",
      ),
    packages: z
      .array(
        z
          .string()
          .regex(
            /^[a-z0-9][a-z0-9+.-]+(:[a-z0-9]+)?(=[A-Za-z0-9.+~:-]+)?$/,
            'expected the name of a Debian package',
          ),
      )
      .min(1, 'expected at least one package')
      .describe('Packages to install, with `=version` where one is wanted.'),
    mirror: z
      .string()
      .regex(
        /^(https?|file|copy):\/\/\S+$/,
        'expected the URL of a Debian mirror, such as http://deb.debian.org/debian',
      )
      .optional()
      .describe("Package source; the system's own without it."),
    ...changes,
  })
  .describe('Debian packages, installed by mmdebstrap.');

const ociRootfs = z
  .strictObject({
    from: z.literal('oci').describe(meaning),
    image: z
      .string()
      .min(1, 'expected the name of an image, such as docker://docker.io/library/tomcat:10')
      .describe(
        'docker://NAME[:TAG][@sha256:…] (or NAME alone), oci:PATH[:NAME], oci-archive:PATH[:NAME], ' +
          'docker-archive:PATH[:NAME], docker-daemon:NAME:TAG, containers-storage:NAME. Paths are relative to the file that states them.',
      ),
    'tls-verify': z
      .boolean()
      .prefault(true)
      .describe('`false`: the registry may speak HTTP or show a certificate that nobody vouches for.'),
    timeout: duration(1000, 3_600_000)
      .prefault('60s')
      .describe('A registry that sends nothing for that long has failed.'),
    ...changes,
  })
  .describe('A container image. Command, environment, user, workdir, port and stop-signal come from it too.');

const containerfileRootfs = z
  .strictObject({
    from: z.literal('containerfile').describe(meaning),
    context: hostPath.prefault('.').describe('Folder that the build may copy from.'),
    file: hostPath
      .optional()
      .describe("The instructions; without it the context's Containerfile, else its Dockerfile."),
    arguments: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of a build argument'), argument)
      .prefault({})
      .describe('Values of the ARG instructions.'),
    target: z
      .string()
      .min(1, 'expected the name of a stage')
      .optional()
      .describe('Stage to build, else the last.'),
    builder: z.enum(containerBuilders).prefault('auto').describe('`auto`: buildah, else docker.'),
    ...changes,
  })
  .describe('An image built from a Containerfile. What it says of the start is used as for `oci`.');

const directoryRootfs = z
  .strictObject({
    from: z.literal('directory').describe(meaning),
    path: hostPath.describe('Folder that holds a whole root filesystem.'),
    ...changes,
  })
  .describe('A folder, copied.');

const tarRootfs = z
  .strictObject({
    from: z.literal('tar').describe(meaning),
    path: hostPath.describe('Archive of a whole root filesystem, plain or compressed.'),
    ...changes,
  })
  .describe('A tar archive, unpacked.');

export const rootfsSchema = z
  .discriminatedUnion('from', [debianRootfs, ociRootfs, containerfileRootfs, directoryRootfs, tarRootfs])
  .describe('Where the root filesystem comes from.');

export type RootfsEntry = z.infer<typeof rootfsSchema>;
