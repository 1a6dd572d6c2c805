/** Configurations, manifests and indexes that lack what they should have, or have it oddly. */
import type { Json, Layer, OddImage, OddLayout } from './odd-layout.ts';

export const oddDocuments: readonly OddLayout[] = [
  { name: 'an empty architecture', image: config((found) => ({ ...found, architecture: '' })) },
  { name: 'no architecture at all', image: config(without('architecture')) },
  { name: 'the architecture x86_64', image: config((found) => ({ ...found, architecture: 'x86_64' })) },
  { name: 'an empty operating system', image: config((found) => ({ ...found, os: '' })) },
  {
    name: 'an index of two, the second without a platform',
    image: (base) => ({
      layers: [base],
      index: (index, entry) => ({
        ...index,
        manifests: [entry, { ...entry, annotations: { 'org.opencontainers.image.ref.name': 'other' } }],
      }),
    }),
  },
  { name: 'config: null', image: config((found) => ({ ...found, config: null })) },
  { name: 'no config', image: config(without('config')) },
  {
    name: 'a history with empty layers',
    image: config((found) => ({
      ...found,
      history: [{ created_by: 'x' }, { created_by: 'CMD', empty_layer: true }],
    })),
  },
  { name: 'a history: null', image: config((found) => ({ ...found, history: null })) },
  { name: 'annotations', image: manifest((found) => ({ ...found, annotations: { a: 'b' } })) },
  { name: 'no media type in the manifest', image: manifest(without('mediaType')) },
  { name: 'layers: null', image: () => ({ layers: [], manifest: (found) => ({ ...found, layers: null }) }) },
  { name: 'layers: []', image: () => ({ layers: [] }) },
  { name: 'no layers', image: () => ({ layers: [], manifest: without('layers') }) },
  {
    name: 'layers: [] and diff_ids: null',
    image: () => ({
      layers: [],
      config: (found) => ({ ...found, rootfs: { type: 'layers', diff_ids: null } }),
    }),
  },
  {
    name: 'layers: [] and no rootfs',
    image: () => ({ layers: [], config: without('rootfs') }),
  },
  {
    name: 'a layer that the configuration does not know',
    image: config((found) => ({ ...found, rootfs: { type: 'layers', diff_ids: [] } })),
  },
  {
    name: 'a diff_id of something else',
    image: config((found) => ({
      ...found,
      rootfs: { type: 'layers', diff_ids: [`sha256:${'0'.repeat(64)}`] },
    })),
  },
  { name: 'ENTRYPOINT [""]', image: start({ Entrypoint: [''] }) },
  { name: 'Env: null and Volumes: null', image: start({ Env: null, Volumes: null, ExposedPorts: null }) },
  {
    name: 'several tags of one image',
    image: (base) => ({
      layers: [base],
      index: (index, entry) => ({
        ...index,
        manifests: ['1', '2'].map((tag) => ({
          ...entry,
          annotations: { 'org.opencontainers.image.ref.name': tag },
        })),
      }),
    }),
  },
  {
    name: 'an index entry with an empty platform',
    image: (base) => ({
      layers: [base],
      index: (index, entry) => ({ ...index, manifests: [{ ...entry, platform: {} }] }),
    }),
  },
  {
    name: 'an index without a schema version',
    image: (base) => ({ layers: [base], index: without('schemaVersion') }),
  },
];

function config(change: (config: Json) => unknown): (base: Layer) => OddImage {
  return (base) => ({ layers: [base], config: change });
}

/** Changes to what the configuration says of the start. */
function start(changes: Json): (base: Layer) => OddImage {
  return config((found) => ({ ...found, config: { ...(found['config'] as Json), ...changes } }));
}

function manifest(change: (manifest: Json) => unknown): (base: Layer) => OddImage {
  return (base) => ({ layers: [base], manifest: change });
}

function without(key: string): (object: Json) => Json {
  return (object) => Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
