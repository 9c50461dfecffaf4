import { defineConfig } from '@playwright/test'
import gallery from './playwright.config.ts'

/** Frames of a scrolling timeline, and how soon there are photos: `make bench-web`, on a machine with nothing else to do. */
export default defineConfig({
  ...gallery,
  testDir: './bench',
  timeout: 240_000,
  globalSetup: undefined, // only first.spec.ts needs a library, and starts it
  use: { ...gallery.use, trace: 'off' }, // it takes pictures of every frame that it is to measure
})
