/** The HTML report in a real browser, as somebody uses it; `npm run test:all` does so. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit.ts';
import type { Finding } from '../../src/findings/finding.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { htmlReport } from '../../src/report/html/index.ts';
import { plainReport } from '../../src/report/options.ts';
import { build } from '../cli/postlude.ts';
import { hostileResult } from '../report/hostile-page.ts';
import { incident } from '../report/incident.ts';
import { manyFindings } from '../report/many.ts';
import { hasBrowser, launch, noBrowser, open } from './open.ts';

if (!hasBrowser) console.warn(`The HTML report is NOT tested in a browser: ${noBrowser}.`);

const n = 20_000;

describe.skipIf(!hasBrowser)('the HTML report in a browser', { timeout: 120_000 }, () => {
  let folder: string;
  let browser: Browser;
  const results = new Map<string, AuditResult>();
  const urls = new Map<string, string>();

  beforeAll(async () => {
    await build();
    folder = await mkdtemp(join(tmpdir(), 'postlude-html-'));
    browser = await launch();
    results.set('mixed', await audit({ paths: ['fixtures/mixed', 'fixtures/store-outage'], timelines: true }));
    results.set('many', manyFindings(n));
    results.set('hostile', hostileResult());
    results.set('again', withoutTimelines(incident()));
    for (const [name, result] of results) {
      const file = join(folder, `${name}.html`);
      await writeFile(file, [...htmlReport(result, plainReport)].join(''));
      urls.set(name, pathToFileURL(file).href);
    }
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const resultOf = (name: string): AuditResult => results.get(name) ?? incident();
  const opened = (name: string, hash = '', options = {}) => open(browser, `${urls.get(name)}${hash}`, options);

  test.each(['mixed', 'many', 'hostile', 'again'])(
    'opens without complaints and asks for nothing: %s',
    async (name) => {
      const { page, complaints, requests } = await opened(name);
      await expect.poll(() => countText(page)).toMatch(/^[\d,]+ findings?$/u);
      // Everything that opens, opened.
      for (const each of await page.locator('summary').all()) await each.click();
      await page.waitForTimeout(300);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([]);
      await page.context().close();
    },
  );

  test(`paints ${n.toLocaleString('en')} findings within a second`, async () => {
    // The machine may be busy with other things once; it is not three times.
    const times: number[] = [];
    for (let run = 0; run < 3; run++) {
      const { page } = await opened('many');
      const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
      times.push(paint ?? Number.POSITIVE_INFINITY);
      // The list is part of what is painted first, and holds only what is in sight.
      expect(await page.locator('.row').count()).toBeLessThan(80);
      await page.context().close();
    }
    expect(Math.min(...times)).toBeLessThan(1000);
  });

  describe('filters', () => {
    const counted = (findings: readonly Finding[], is: (finding: Finding) => boolean) =>
      `${findings.filter(is).length.toLocaleString('en')} of ${findings.length.toLocaleString('en')} findings`;

    test('count what they let through', async () => {
      const { findings } = resultOf('many');
      const { page } = await opened('many');
      await page
        .locator('.filters')
        .getByRole('button', { name: /^critical/u })
        .click();
      await expect.poll(() => countText(page)).toBe(counted(findings, ({ severity }) => severity === 'critical'));
      await page
        .locator('.filters')
        .getByRole('button', { name: /^error/u })
        .click();
      const isGrave = ({ severity }: Finding) => severity === 'critical' || severity === 'error';
      await expect.poll(() => countText(page)).toBe(counted(findings, isGrave));
      await page
        .locator('.filters')
        .getByRole('button', { name: /^likely/u })
        .click();
      const isLikely = (finding: Finding) => isGrave(finding) && finding.certainty === 'likely';
      await expect.poll(() => countText(page)).toBe(counted(findings, isLikely));
      const account = findings[0]?.accountId ?? '';
      await page.getByRole('combobox', { name: 'Account' }).selectOption(account);
      const isOne = (finding: Finding) => isLikely(finding) && finding.accountId === account;
      await expect.poll(() => countText(page)).toBe(counted(findings, isOne));
      await page.getByRole('button', { name: 'Show all' }).click();
      await expect.poll(() => countText(page)).toBe('20,000 findings');
      await page.getByRole('combobox', { name: 'Rule' }).selectOption('voice/silent-call');
      await expect.poll(() => countText(page)).toBe(counted(findings, ({ ruleId }) => ruleId === 'voice/silent-call'));
      await page.context().close();
    });

    test.each([
      ['message', 'is number 1234:'],
      ['evidence', '530004 profile/creation'],
      ['a place', 'events.ndjson:30001'],
      ['data', '"number":777'],
      ['nothing', 'no-such-thing'],
    ])('search finds by %s', async (_, text) => {
      const { findings } = resultOf('many');
      const { page } = await opened('many');
      await page.getByRole('searchbox').fill(text);
      const words = text.toLowerCase().split(' ');
      const said = findings.filter((finding) => {
        const all = [
          JSON.stringify(finding.data),
          finding.message,
          finding.ruleId,
          ...finding.evidence.flatMap((each) => [String(each.errorCode), `${each.file}:${each.line}`]),
        ].join('\n');
        return words.every((word) => all.toLowerCase().includes(word));
      });
      await expect
        .poll(() => countText(page))
        .toBe(`${said.length.toLocaleString('en')} of ${findings.length.toLocaleString('en')} findings`);
      expect(said.length > 0).toBe(text !== 'no-such-thing');
      await page.context().close();
    });

    test('are kept in the address, and come back from it', async () => {
      const { findings } = resultOf('mixed');
      const one = findings.find(({ ruleId }) => ruleId === 'merge/shared-profile');
      const { page } = await opened('mixed');
      await page.getByRole('searchbox').fill('profile');
      await page
        .locator('.filters')
        .getByRole('button', { name: /^error/u })
        .click();
      await page
        .locator('.row', { hasText: one?.title ?? '' })
        .first()
        .click();
      await expect
        .poll(() => new URLSearchParams(new URL(page.url()).hash.slice(1)).get('finding'))
        .toBe(one?.fingerprint);
      const told = await countText(page);
      const again = await opened('mixed', new URL(page.url()).hash);
      await expect.poll(() => countText(again.page)).toBe(told);
      expect(await again.page.getByRole('searchbox').inputValue()).toBe('profile');
      expect(await again.page.locator('#finding-title').textContent()).toBe(one?.title);
      await again.page.evaluate(() => {
        location.hash = 'severity=warning';
      });
      const isWarning = ({ severity }: Finding) => severity === 'warning';
      await expect.poll(() => countText(again.page)).toBe(counted(findings, isWarning));
      await again.page.context().close();
      await page.context().close();
    });

    test('are set by the chart, the matrix and the tallies', async () => {
      const { findings } = resultOf('many');
      const { page } = await opened('many');
      const bar = page.locator('.bar').nth(5);
      const said = Number(
        /: (?<n>[\d,]+) findings/u.exec((await bar.getAttribute('aria-label')) ?? '')?.groups?.n?.replace(',', ''),
      );
      await bar.focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => countText(page)).toBe(`${said.toLocaleString('en')} of 20,000 findings`);
      await page.keyboard.press('Enter');
      await expect.poll(() => countText(page)).toBe('20,000 findings');
      await page.locator('.matrix .cell').first().click();
      const label = (await page.locator('.matrix .cell').first().getAttribute('aria-label')) ?? '';
      const [, ruleId, accountId] = /^(\S+), account (\S+): /u.exec(label) ?? [];
      const isCell = (finding: Finding) => finding.ruleId === ruleId && finding.accountId === accountId;
      await expect.poll(() => countText(page)).toBe(counted(findings, isCell));
      await page.getByRole('button', { name: 'Show all' }).click();
      await page.locator('.tally.warning').click();
      await expect.poll(() => countText(page)).toBe(counted(findings, ({ severity }) => severity === 'warning'));
      await page.context().close();
    });
  });

  describe('a finding', () => {
    test('opens with its cause, its evidence and its timeline', async () => {
      const { findings, timelines } = resultOf('mixed');
      const finding = findings.find(({ ruleId }) => ruleId === 'merge/shared-profile');
      const timeline = timelines?.ofFindings.get(finding?.fingerprint ?? '');
      const { page } = await opened('mixed');
      await page.getByRole('searchbox').fill(finding?.subject.id ?? '');
      await page
        .locator('.row', { hasText: finding?.title ?? '' })
        .first()
        .click();
      const there = page.locator('.opened');
      for (const text of [finding?.message, finding?.fix, finding?.cause, finding?.fingerprint, finding?.accountId]) {
        expect(await there.textContent()).toContain(text);
      }
      expect(await there.getByRole('link').getAttribute('href')).toBe(finding?.reference);
      expect(await there.locator('.evidence > li').count()).toBe(finding?.evidence.length);
      for (const { file, line, logId } of finding?.evidence ?? []) {
        expect(await there.locator('.evidence').textContent()).toContain(`${file}:${line}`);
        expect(await there.locator('.evidence').textContent()).toContain(logId);
      }
      expect(timeline?.events.length).toBeGreaterThan(finding?.evidence.length ?? 0);
      expect(await there.locator('svg .event').count()).toBe(timeline?.events.length);
      expect(await there.locator('svg .event.cited').count()).toBe(finding?.evidence.length);
      // Details by mouse and by keyboard.
      await there.locator('svg .event').last().hover();
      const last = timelines?.events[timeline?.events.at(-1) ?? -1];
      await expect.poll(() => there.locator('.event-facts').textContent()).toContain(last?.logId);
      await there.locator('svg .event[tabindex="0"]').focus();
      await page.keyboard.press('Home');
      const first = timelines?.events[timeline?.events[0] ?? -1];
      await expect.poll(() => there.locator('.event-facts').textContent()).toContain(first?.logId);
      await page.keyboard.press('ArrowRight');
      const second = timelines?.events[timeline?.events[1] ?? -1];
      await expect.poll(() => there.locator('.event-facts').textContent()).toContain(second?.logId);
      await page.context().close();
    });

    test('shows the silences of its timeline', async () => {
      const finding = resultOf('mixed').findings.find(({ ruleId }) => ruleId === 'merge/shared-profile');
      const { page } = await opened('mixed', `#finding=${finding?.fingerprint}`);
      expect(await page.locator('svg .gap').count()).toBeGreaterThan(0);
      expect(await page.locator('svg .gap title').first().textContent()).toMatch(/without an event, until /u);
      await page.context().close();
    });

    test('without a timeline shows its evidence alone', async () => {
      const finding = resultOf('again').findings.find(({ evidence }) => evidence.length > 0);
      const { page } = await opened('again', `#finding=${finding?.fingerprint}`);
      expect(await page.locator('.timeline').count()).toBe(0);
      expect(await page.locator('.evidence > li').count()).toBe(finding?.evidence.length);
      await page.context().close();
    });

    test('far down in a closed tree is found by its address', async () => {
      const finding = resultOf('many').findings.find(({ causedBy }) => causedBy.length > 0);
      const { page } = await opened('many', `#finding=${finding?.fingerprint}`);
      await expect.poll(() => page.locator('.row[aria-selected="true"]').textContent()).toContain(finding?.subject.id);
      expect(await page.locator('.row[aria-selected="true"]').getAttribute('aria-level')).toBe('2');
      await page.context().close();
    });
  });

  describe('the keyboard alone', () => {
    test('reaches everything', async () => {
      const finding = resultOf('mixed').findings.find(({ ruleId }) => ruleId === 'merge/shared-profile');
      const { page } = await opened('mixed', `#finding=${finding?.fingerprint}`);
      const reached = new Set<string>();
      for (let step = 0; step < 120; step++) {
        await page.keyboard.press('Tab');
        const there = await page.evaluate(() => {
          const element = document.activeElement;
          if (element === null || element === document.body) return null;
          const style = getComputedStyle(
            element.matches('.event, .bar') ? (element.querySelector('rect') ?? element) : element,
          );
          const isSeen = style.outlineStyle !== 'none' || style.strokeWidth !== '1px';
          const name = element.classList[0] ?? `${element.parentElement?.className.split(' ')[0]} ${element.localName}`;
          return { name, isSeen };
        });
        if (there === null) break;
        expect(there.isSeen, `${there.name} shows that it is focused`).toBe(true);
        reached.add(there.name);
      }
      for (const name of [
        'skip',
        'themes button',
        'tally',
        'bar',
        'panel summary',
        'text input',
        'chip',
        'choice select',
        'list',
        'opened',
        'plain',
        'event',
      ]) {
        expect([...reached]).toContain(name);
      }
      expect([...reached].some((name) => name === 'all' || name === 'cell' || name === 'head')).toBe(true);
      await page.context().close();
    });

    test('walks through the tree, opens a finding and comes back', async () => {
      const { page } = await opened('many');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      const list = page.locator('.list');
      await expect.poll(() => list.evaluate((element) => element === document.activeElement)).toBe(true);
      const active = () =>
        list.evaluate((element) => {
          const row = document.getElementById(element.getAttribute('aria-activedescendant') ?? '');
          return row === null
            ? null
            : `${row.getAttribute('aria-level')} ${row.getAttribute('aria-expanded')} ${row.getAttribute('aria-posinset')}`;
        });
      expect(await active()).toBe('1 false 1');
      await page.keyboard.press('ArrowRight');
      await expect.poll(active).toBe('1 true 1');
      await page.keyboard.press('ArrowRight');
      await expect.poll(active).toBe('2 null 1');
      await page.keyboard.press('ArrowDown');
      await expect.poll(active).toBe('2 null 2');
      await page.keyboard.press('ArrowLeft');
      await expect.poll(active).toBe('1 true 1');
      await page.keyboard.press('ArrowLeft');
      await expect.poll(active).toBe('1 false 1');
      await page.keyboard.press('End');
      await expect.poll(() => list.evaluate((element) => element.scrollTop > 1000)).toBe(true);
      expect(await active()).not.toBeNull();
      await page.keyboard.press('Enter');
      await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('finding-title');
      await page.keyboard.press('Escape');
      await expect.poll(() => list.evaluate((element) => element === document.activeElement)).toBe(true);
      await page.context().close();
    });

    test('goes through chart and matrix by arrows', async () => {
      const { page } = await opened('mixed');
      await page.locator('.bar[tabindex="0"]').focus();
      const at = () => page.evaluate(() => Number(document.activeElement?.getAttribute('data-column')));
      const first = await at();
      await page.keyboard.press('ArrowRight');
      expect(await at()).toBeGreaterThan(first);
      await page.locator('.matrix [tabindex="0"]').focus();
      await page.keyboard.press('ArrowDown');
      expect(await page.evaluate(() => document.activeElement?.getAttribute('data-row'))).toBe('1');
      await page.context().close();
    });
  });

  describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
    test.each(['mixed', 'many', 'hostile'])('has no serious fault that axe knows: %s', async (name) => {
      const { findings } = resultOf(name);
      const finding = findings.find(({ ruleId }) => ruleId === 'merge/shared-profile') ?? findings[0];
      const { page } = await opened(name, `#finding=${finding?.fingerprint}`, { colorScheme });
      for (const each of await page.locator('summary').all()) await each.click();
      expect(await faultsOf(page)).toEqual([]);
      await page
        .locator('.filters')
        .getByRole('button', { name: /^warning/u })
        .click();
      await page.getByRole('combobox', { name: 'Order' }).selectOption('time');
      expect(await faultsOf(page)).toEqual([]);
      await page.context().close();
    });
  });

  test('light and dark follow the system, and a choice of one’s own', async () => {
    const { page } = await opened('mixed', '', { colorScheme: 'dark' });
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const dark = await ground();
    await page.getByRole('button', { name: 'light', exact: true }).click();
    expect(await ground()).not.toBe(dark);
    const again = await opened('mixed', new URL(page.url()).hash, { colorScheme: 'dark' });
    expect(await again.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe(
      await ground(),
    );
    await again.page.context().close();
    await page.context().close();
  });

  describe('hostile text', () => {
    test('stays text: no dialog, no element, no address', async () => {
      const { page, dialogs, complaints } = await opened('hostile');
      for (const each of await page.locator('summary').all()) await each.click();
      for (const each of await page.locator('svg .event').all()) await each.hover();
      await page.waitForTimeout(300);
      expect(await page.locator('#injected, img, iframe, object, embed, base, form').count()).toBe(0);
      expect(await page.locator('a').count()).toBe(0);
      // The one that runs; blocks of data are taken apart and gone, but for the first.
      expect(await page.locator('script:not([type])').count()).toBe(1);
      const isHandled = await page.evaluate(() =>
        [...document.querySelectorAll('*')].some((element) =>
          element.getAttributeNames().some((name) => name.startsWith('on')),
        ),
      );
      expect(isHandled).toBe(false);
      expect(await page.locator('.message').textContent()).toContain('<img src=x onerror=alert(1) id=injected>');
      expect(await page.locator('body').textContent()).not.toMatch(/[\u202a-\u202e]/u);
      expect(dialogs).toEqual([]);
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    test('in the address stays text, too', async () => {
      const hash = `#text=${encodeURIComponent('<img src=x onerror=alert(1)>')}&rule=<script>&finding="><b>&from=x`;
      const { page, dialogs, complaints } = await opened('mixed', hash);
      await expect.poll(() => countText(page)).toMatch(/^0 of /u);
      expect(await page.locator('img, b').count()).toBe(0);
      expect([...dialogs, ...complaints]).toEqual([]);
      await page.context().close();
    });

    test('would be refused by the browser even if the page were wrong', async () => {
      const { page } = await opened('mixed');
      const refused = await page.evaluate(async () => {
        const tries = {
          markup: () => {
            document.body.innerHTML += '<img src=x onerror="window.ran = true">';
          },
          code: () => {
            const script = document.createElement('script');
            script.textContent = 'window.ran = true';
            document.body.append(script);
          },
          handler: () => document.body.setAttribute('onclick', 'window.ran = true'),
        };
        const thrown = Object.entries(tries).flatMap(([name, run]) => {
          try {
            run();
            return [];
          } catch {
            return [name];
          }
        });
        const sent = await fetch('https://example.com/').then(
          () => true,
          () => false,
        );
        const image = document.createElement('img');
        const loaded = await new Promise((resolve) => {
          image.addEventListener('load', () => resolve(true));
          image.addEventListener('error', () => resolve(false));
          image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=';
        });
        return { thrown, sent, loaded, ran: 'ran' in window };
      });
      expect(refused).toEqual({ thrown: ['markup', 'code', 'handler'], sent: false, loaded: false, ran: false });
      await page.context().close();
    });
  });

  test('prints the findings that are chosen, in full', async () => {
    const { findings } = resultOf('mixed');
    const { page } = await opened('mixed', '#severity=warning');
    await page.emulateMedia({ media: 'print' });
    const chosen = findings.filter(({ severity }) => severity === 'warning');
    await expect.poll(() => page.locator('#print .finding').count()).toBe(chosen.length);
    const text = await page.locator('#print').textContent();
    for (const { message, fix } of chosen) {
      expect(text).toContain(message);
      expect(text).toContain(fix);
    }
    expect(await page.locator('.list').isVisible()).toBe(false);
    await page.emulateMedia({ media: 'screen' });
    await expect.poll(() => page.locator('#print .finding').count()).toBe(0);
    await page.context().close();
  });

  test('fits a narrow screen', async () => {
    const { page } = await opened('mixed', '', { viewport: { width: 390, height: 800 } });
    const { wide, room } = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth,
      room: document.documentElement.clientWidth,
    }));
    expect(wide).toBeLessThanOrEqual(room);
    await page.context().close();
  });
});

function withoutTimelines({ timelines: _, ...result }: AuditResult): AuditResult {
  return result;
}

function countText(page: Page): Promise<string | null> {
  return page.getByRole('status').textContent();
}

/** What axe finds to be serious or worse. */
async function faultsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`),
    );
}
