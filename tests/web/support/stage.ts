import { spawn, type ChildProcess } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** Where the library under test is, and what is in it; see tests/web/stage.py. */
export interface Stage {
  url: string
  userName: string
  password: string
  photos: number
  /** The photos that were imported, by their names. */
  folder: string
  pack: string
  /** Whether these are the real photos of ../shared/samples. */
  samples: boolean
  /** Of the library itself, for a bridge more; see support/bridge.ts. */
  library: string
  libraryHttp: string
  binary: string
  gallery: string
}

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')
const READY_MS = 480_000 // a cold start, and the analysis of some 160 photos on a busy machine
const VARIABLE = 'TINTYPE_WEB_STAGE'

/** The stage of this run; another one that runs already can be named by TINTYPE_WEB_STAGE, to save its start. */
export function stage(): Stage {
  return JSON.parse(readFileSync(process.env[VARIABLE] ?? '', 'utf8')) as Stage
}

export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[VARIABLE]) return undefined
  if (process.env.TINTYPE_REQUIRE_SHARED === '1' && !existsSync(path.join(ROOT, '../shared/samples')))
    throw new Error('../shared/samples is not beside this clone, and has to be')
  const folder = mkdtempSync(path.join(tmpdir(), 'tintype-web-'))
  const child = launch(folder)
  process.env[VARIABLE] = path.join(folder, 'stage.json')
  await ready(child, folder)
  return async () => {
    child.stdin?.end()
    await gone(child)
    copyFileSync(path.join(folder, 'home', 'library.log'), path.join(ROOT, 'build/web-library.log'))
    rmSync(folder, { recursive: true, force: true })
  }
}

function launch(folder: string): ChildProcess {
  return spawn(path.join(ROOT, '.venv/bin/python'), ['-m', 'tests.web.stage', folder], {
    cwd: ROOT,
    env: { ...process.env, PYTHONPATH: ROOT },
    stdio: ['pipe', 'inherit', 'inherit'],
  })
}

async function ready(child: ChildProcess, folder: string): Promise<void> {
  const deadline = Date.now() + READY_MS
  while (!existsSync(path.join(folder, 'stage.json'))) {
    if (child.exitCode !== null) throw new Error(`the library did not start: exit code ${child.exitCode}`)
    if (Date.now() > deadline) {
      child.stdin?.end()
      throw new Error(`the library was not ready within ${READY_MS / 1000} s`)
    }
    await wait(100)
  }
}

async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve))
}
