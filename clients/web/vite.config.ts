import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { FIRST_PHOTOS, TIMELINE } from './src/api/early.ts'
import { firstLoadBudget } from './tools/budget.ts'
import { earlyScript } from './tools/earlyScript.ts'
import { precompressed } from './tools/precompressed.ts'
import { serviceWorker } from './tools/serviceWorker.ts'

const BRIDGE = process.env.TINTYPE_BRIDGE ?? 'http://127.0.0.1:8080'
const PROXIED = ['/v1', '/session', '/media', '/settings.json']
const proxy = Object.fromEntries(PROXIED.map((path) => [path, { target: BRIDGE, xfwd: true }]))

// What the first page needs comes in two files, one of which only changes with the libraries: by HTTP/1.1 every further
// file waits for another. A group takes in all that its modules import.
const FIRST_LOAD = [
  {
    name: 'libraries',
    test: /node_modules\/(@?vue|@?vue-router|@?vue-i18n|@intlify|@?pinia|openapi-fetch)\//,
    priority: 2,
  },
  {
    name: 'first',
    test: /src\/(App\.vue|router\.ts|i18n\.ts|locales\/words\.ts|pages\/timeline\/TimelinePage\.vue)$/,
    priority: 1,
  },
]

export default defineConfig({
  plugins: [
    vue(),
    earlyScript({ timeline: TIMELINE, photos: FIRST_PHOTOS, narrow: 12, wide: 24 }),
    serviceWorker(),
    firstLoadBudget({ kilobytes: 150 }),
    precompressed(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  build: {
    outDir: '../../build/web',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the content security policy lets no script and no style stand in the page
    chunkSizeWarningLimit: 300,
    rolldownOptions: { output: { codeSplitting: { groups: FIRST_LOAD } } },
    license: { fileName: 'licenses.md' }, // of everything that is inside, as those licenses ask
  },
  server: { host: '127.0.0.1', proxy },
})
