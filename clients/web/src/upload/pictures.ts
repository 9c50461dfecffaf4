/** The formats that the library takes, by the ends of their names. */
const ENDINGS = ['jpg', 'jpeg', 'jpe', 'png', 'gif', 'webp', 'avif', 'heic', 'heif', 'hif', 'tif', 'tiff', 'bmp']
export const ACCEPTED = ENDINGS.map((ending) => `.${ending}`).join(',')

export function isPicture(name: string): boolean {
  return ENDINGS.includes(name.slice(name.lastIndexOf('.') + 1).toLowerCase()) && !name.startsWith('._')
}

/** Whether a drag carries files, rather than a link or text of the page. */
export function carriesFiles(data: DataTransfer | null): boolean {
  return data?.types.includes('Files') ?? false
}

/** All files of a drop, those in its folders too. Has to be called while the event is handled: it is empty afterwards. */
export async function filesOf(data: DataTransfer): Promise<File[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  const loose = entries.length ? [] : [...data.files]
  return [...loose, ...(await Promise.all(entries.map(within))).flat()]
}

async function within(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile)
    return [await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed))]
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const found: File[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed))
    if (!some.length) return found
    for (const each of some) found.push(...(await within(each))) // one after the other: a folder may hold thousands
  }
}
