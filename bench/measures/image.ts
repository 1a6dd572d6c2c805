/** Takes the measure `image`: sizes of each platform's image once, and what every instance has written of its own. */
import type { OptionsOf } from '../../scenarios/measures/measures.ts';
import type { Measure } from './measure.ts';

export const image: Measure<OptionsOf<'image'>> = {
  platform: {
    async take({ platform, prepared, log, sample }) {
      log.progress(`weighing the image of ${platform.id}`);
      for (const { lens, condition, definition, bytes } of await prepared.images()) {
        await sample({ metric: `image.${lens}`, lens, condition, definition, value: bytes });
      }
    },
  },
  instance: {
    hooks: ({ instance, sample }) => ({
      async running() {
        sample({ metric: 'image.marginal', lens: 'marginal', value: await instance.layerBytes() });
      },
    }),
  },
  planLines: () => ['image sizes: once per platform'],
};
