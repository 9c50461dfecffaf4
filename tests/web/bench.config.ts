import { defineConfig } from '@playwright/test'
import gallery from './playwright.config.ts'

/** Frames of a scrolling timeline: `make bench-web`, on a machine with nothing else to do. */
export default defineConfig({
  ...gallery,
  testDir: './bench',
  timeout: 240_000,
  globalSetup: undefined,
  use: { ...gallery.use, trace: 'off' }, // it takes pictures of every frame that it is to measure
})
