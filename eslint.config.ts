import js from '@eslint/js';
import { importX } from 'eslint-plugin-import-x';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Who may import whom. The rooms are explained in docs/architecture.md. */
const rooms = [
  { target: './scenarios', from: ['./runners', './bench', './reports', './test'] },
  { target: './runners', from: ['./scenarios', './bench', './reports', './test'] },
  { target: './reports', from: ['./scenarios', './runners', './bench', './test'], except: ['record'] },
  { target: './bench', from: ['./test'] },
];

export default defineConfig(
  { ignores: ['dist', 'node_modules', '.tare'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': [
        'error',
        {
          basePath: import.meta.dirname,
          zones: rooms.flatMap(({ target, from, except }) =>
            from.map((room) => ({ target, from: room, ...(except && room === './bench' ? { except } : {}) })),
          ),
        },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'execa', message: 'External programs go through runners/machine/command.ts.' },
            {
              name: 'node:child_process',
              message: 'External programs go through runners/machine/command.ts.',
            },
          ],
        },
      ],
      'max-lines': ['warn', 300],
    },
  },
  { files: ['runners/machine/command.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
