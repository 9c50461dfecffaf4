/** The files of a language by their name: `shell.json` holds what is asked for as `shell.…`. */
export function byArea(files: Record<string, object>): Record<string, object> {
  return Object.fromEntries(Object.entries(files).map(([path, words]) => [path.slice(2, -'.json'.length), words]))
}
