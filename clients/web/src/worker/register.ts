/** Install the service worker, and load the page anew where a file that it needs was replaced by a newer version's. */
export function registerWorker(): void {
  addEventListener('vite:preloadError', () => location.reload())
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  // Without it everything works but opening offline and sharing to the gallery; browsers refuse it without TLS.
  void navigator.serviceWorker.register('/sw.js').catch(() => undefined)
}
