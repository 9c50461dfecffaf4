// The service worker. VERSION and FILES stand before it, written by the build: see tools/serviceWorker.ts.
