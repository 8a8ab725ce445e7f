import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules', 'src/api/schema.d.ts', 'eslint.config.js'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  reactHooks.configs.flat['recommended-latest'],
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // What a router throws is a redirect, not an error.
      '@typescript-eslint/only-throw-error': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]',
          message: 'Text comes from people: let React escape it.',
        },
        {
          selector: 'JSXAttribute[name.name="type"][value.value=/^(date|datetime-local|time|month|number)$/]',
          message: 'Browsers read dates and numbers in their own ways: use ui/dates and ui/DecimalField.',
        },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: '@mantine/dates', message: 'It guesses what was typed: use ui/dates.' },
            { name: '@mantine/core', importNames: ['NumberInput'], message: 'Use ui/DecimalField.' },
          ],
        },
      ],
    },
  },
  // The calendar itself only offers days to choose.
  { files: ['src/ui/dates/DayCalendar.tsx'], rules: { 'no-restricted-imports': 'off' } },
);
