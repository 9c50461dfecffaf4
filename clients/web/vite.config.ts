import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { firstLoadBudget } from './tools/budget.ts'
import { precompressed } from './tools/precompressed.ts'
import { serviceWorker } from './tools/serviceWorker.ts'

const BRIDGE = process.env.TINTYPE_BRIDGE ?? 'http://127.0.0.1:8080'
const proxy = Object.fromEntries(['/v1', '/session', '/media'].map((path) => [path, { target: BRIDGE, xfwd: true }]))

export default defineConfig({
  plugins: [vue(), serviceWorker(), firstLoadBudget({ kilobytes: 150 }), precompressed()],
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
    license: { fileName: 'licenses.md' }, // of everything that is inside, as those licenses ask
  },
  server: { host: '127.0.0.1', proxy },
})
