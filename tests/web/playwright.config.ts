import { defineConfig } from '@playwright/test'
import { CHROMIUM, FLAGS } from './support/chromium.ts'

/** What `make test-web` runs; bench.config.ts measures frames. */
export default defineConfig({
  testDir: './pages',
  outputDir: process.env.TINTYPE_WEB_RESULTS ?? '../../build/web-results',
  globalSetup: './support/stage.ts',
  workers: 1, // two cores, and the process under test needs one
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: CHROMIUM, args: FLAGS },
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    trace: 'retain-on-failure',
    serviceWorkers: 'block', // what it keeps between tests would hide mistakes; its own test allows it
  },
})
