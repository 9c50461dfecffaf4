/** The browser of the machine: Debian's package, or what TINTYPE_CHROMIUM names. */
export const CHROMIUM = process.env.TINTYPE_CHROMIUM ?? '/usr/bin/chromium'

/** It opens no connection but the test's own. */
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
