import type { Page } from '@playwright/test'

/** A line and a processor that pages are measured on. */
export interface Profile {
  rttMs: number
  kilobitsPerSecond: number
  /** How many times slower than this machine. */
  processor: number
  viewport: { width: number; height: number }
}

const DESKTOP = { width: 1440, height: 900 }
const PHONE = { width: 360, height: 740 }

/** The first and the last are Lighthouse's own, "desktop dense 4G" and "mobile slow 4G"; between them lies a good phone. */
export const PROFILES = {
  desktop: { rttMs: 40, kilobitsPerSecond: 10_240, processor: 1, viewport: DESKTOP },
  'fast 4G': { rttMs: 60, kilobitsPerSecond: 9_000, processor: 1, viewport: PHONE },
  'fast 4G, slow processor': { rttMs: 60, kilobitsPerSecond: 9_000, processor: 4, viewport: PHONE },
  'slow 4G, slow processor': { rttMs: 150, kilobitsPerSecond: 1_638, processor: 4, viewport: PHONE },
} as const satisfies Record<string, Profile>

/** Make a page's line and processor those of a profile. Every request waits for one round trip. */
export async function throttle(page: Page, { rttMs, kilobitsPerSecond, processor }: Profile): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  const bytesPerSecond = (kilobitsPerSecond * 1000) / 8
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: rttMs,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond,
  })
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: processor })
}
