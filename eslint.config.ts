import js from '@eslint/js';
import { importX } from 'eslint-plugin-import-x';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What scenarios and runners share; they import nothing of either. */
const leaves = ['known-error.ts', 'stop-signal.ts'];

/**
 * Who may not import whom; `except` names folders of a room that are open all the same. The rooms are explained in
 * docs/architecture.md. In bench the arrows are cli -> run, analysis, check, reports -> record.
 */
const walls: { target: string; from: string[]; except?: string[] }[] = [
  { target: 'scenarios', from: ['runners', 'bench', 'reports', 'test'] },
  ...leaves.map((leaf) => ({ target: `scenarios/${leaf}`, from: ['scenarios'] })),
  { target: 'runners', from: ['bench', 'reports', 'test'] },
  { target: 'runners', from: ['scenarios'], except: leaves },
  { target: 'bench', from: ['test'] },
  { target: 'reports', from: ['scenarios', 'runners', 'test'] },
  { target: 'reports', from: ['bench'], except: ['record'] },
  { target: 'bench/record', from: ['runners', 'reports'] },
  // A result of an older version is looked up in the one catalogue of metrics.
  { target: 'bench/record', from: ['scenarios'], except: ['measures'] },
  { target: 'bench/record', from: ['bench'], except: ['record'] },
  { target: 'bench/statistics', from: ['scenarios', 'runners', 'reports'] },
  { target: 'bench/statistics', from: ['bench'], except: ['statistics', 'record'] },
  { target: 'bench/analysis', from: ['runners', 'reports'] },
  {
    target: 'bench/analysis',
    from: ['bench'],
    except: ['analysis', 'statistics', 'record', 'environment/errors.ts'],
  },
  { target: 'bench/environment', from: ['reports'] },
  { target: 'bench/environment', from: ['scenarios'], except: ['known-error.ts'] },
  { target: 'bench/environment', from: ['bench'], except: ['environment'] },
  ...['store', 'check', 'claims', 'run', 'measures', 'prober', 'doctor', 'lab', 'import'].map((room) => ({
    target: `bench/${room}`,
    from: ['reports', 'bench/cli'],
  })),
  {
    target: 'bench/store',
    from: ['bench/run', 'bench/measures', 'bench/check', 'bench/prober', 'bench/lab'],
  },
  { target: 'bench/run', from: ['bench/check', 'bench/lab', 'bench/doctor', 'bench/import'] },
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
      'import-x/no-restricted-paths': [
        'error',
        {
          basePath: import.meta.dirname,
          zones: walls.flatMap(({ target, from, except }) =>
            from.map((room) => ({ target: `./${target}`, from: `./${room}`, ...(except && { except }) })),
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
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ImportExpression[source.value=/^(?!\\.|node:)/]',
          message:
            'Once bundled, a CommonJS package has no names for import(): import a file that imports it.',
        },
      ],
      'max-lines': ['error', 300],
    },
  },
  { files: ['runners/machine/command.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
