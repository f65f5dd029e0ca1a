/** `npm run screenshots`: takes the pictures of both reports that the README shows, into `docs`. Needs `npm run build` first. */
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { hasBrowser, launch, noBrowser, open } from '../browser/open.ts';
import { postlude } from '../cli/postlude.ts';
import { ansiToHtml, terminalStyle } from './ansi.ts';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const exports = ['store-outage', 'shared-profile', 'silent-call', 'shared-number'].map((name) => `fixtures/${name}`);
/** What a README should make a reader load. */
const largest = 300_000;

if (!hasBrowser) throw new Error(noBrowser);
const folder = await mkdtemp(join(tmpdir(), 'postlude-pictures-'));
const browser = await launch();
try {
  await mkdir(docs, { recursive: true });
  const report = join(folder, 'report.html');
  const { stdout: json } = await postlude(['audit', ...exports, '--format', `html=${report}`, '--format', 'json']);
  const findings: readonly { readonly ruleId: string; readonly fingerprint: string }[] = JSON.parse(json).findings;
  const shared = findings.find(({ ruleId }) => ruleId === 'merge/shared-profile')?.fingerprint ?? '';

  await picture('report-html.png', `${pathToFileURL(report).href}`, 'light', false);
  await picture('report-html-finding.png', `${pathToFileURL(report).href}#finding=${shared}`, 'dark', true);

  const { stdout: printed } = await postlude(['audit', 'fixtures/store-outage'], {
    env: { FORCE_COLOR: '1', COLUMNS: '104' },
  });
  const terminal = join(folder, 'terminal.html');
  await writeFile(
    terminal,
    `<!doctype html><meta charset="utf-8"><style>${terminalStyle}</style><pre>${ansiToHtml(`$ postlude audit fixtures/store-outage\n${printed}`)}</pre>`,
  );
  const page = await browser.newPage();
  await page.goto(pathToFileURL(terminal).href);
  await page.locator('pre').screenshot({ path: join(docs, 'report-terminal.png') });
  await checkSize('report-terminal.png');
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}

async function picture(name: string, url: string, colorScheme: 'light' | 'dark', ofFindings: boolean): Promise<void> {
  const { page } = await open(browser, url, { viewport: { width: 1200, height: 780 }, colorScheme });
  const shown = ofFindings ? page.locator('.findings') : page;
  await page.waitForTimeout(300);
  await shown.screenshot({ path: join(docs, name) });
  await page.context().close();
  await checkSize(name);
}

async function checkSize(name: string): Promise<void> {
  const { size } = await stat(join(docs, name));
  console.log(`docs/${name}: ${Math.round(size / 1000)} kB`);
  if (size > largest) throw new Error(`docs/${name} is too large: ${size} bytes`);
}
