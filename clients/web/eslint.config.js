import i18n from '@intlify/eslint-plugin-vue-i18n'
import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import a11y from 'eslint-plugin-vuejs-accessibility'
import typescript from 'typescript-eslint'

export default typescript.config(
  { ignores: ['node_modules', 'dist', 'src/api/contract.d.ts', '*.json'] },
  ...typescript.configs.strict,
  ...vue.configs['flat/recommended'],
  ...a11y.configs['flat/recommended'],
  ...i18n.configs.base,
  prettier,
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
  },
  {
    files: ['src/worker/sw.js'],
    rules: { '@typescript-eslint/no-unused-vars': 'off' }, // the build writes two names before it
  },
  {
    settings: { 'vue-i18n': { localeDir: './src/locales/*/*.json', messageSyntaxVersion: '^11.0.0' } },
    rules: {
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', { max: 56, skipBlankLines: true, skipComments: true }],
      'vue/multi-word-component-names': 'off', // App
      'no-undef': 'off', // the compiler knows better
      // Nobody reads a literal: what people see stands in src/locales.
      '@intlify/vue-i18n/no-raw-text': ['error', { ignorePattern: '^[-–…·×%.,:;|/()#&\\s\\d]*$' }],
      // Labels are tied by for and id; nesting besides is not needed.
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
      'vuejs-accessibility/form-control-has-label': ['error', { labelComponents: ['label'] }],
      'vuejs-accessibility/no-autofocus': 'off', // the first field of a page that has nothing else
    },
  },
  { files: ['tests/**'], rules: { 'max-lines-per-function': 'off' } }, // a suite is one function
)
