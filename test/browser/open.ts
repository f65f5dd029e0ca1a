import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

// Required, not imported: what loads TypeScript for scripts cannot import this library.
const { chromium }: typeof import('playwright-core') = createRequire(import.meta.url)('playwright-core');

/** Debian's browser; another one by `CHROMIUM`. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const hasBrowser = existsSync(executablePath);
export const noBrowser = `there is no ${executablePath}: apt-get install chromium, or name another one in CHROMIUM`;

export function launch(): Promise<Browser> {
  // The sandbox of Chromium refuses to work for root, as whom containers run.
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath, args: isRoot ? ['--no-sandbox'] : [] });
}

export type Opened = {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, violations of the policy. */
  readonly complaints: readonly string[];
  /** Everything that was asked for besides the file itself. */
  readonly requests: readonly string[];
  readonly dialogs: readonly string[];
};

/** Opens a file as somebody would who has been sent it, without a network. */
export async function open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, offline: true, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  const dialogs: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.isNavigationRequest()) requests.push(request.url());
  });
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(url);
  await page.locator('.list').waitFor();
  return { page, complaints, requests, dialogs };
}
