import { compareText } from '../engine/compare.ts';
import type { Evidence, Finding, Related } from '../findings/finding.ts';
import type { AuditResult, KnownFinding } from '../findings/result.ts';
import { typeOfId } from '../trace/id-type.ts';
import { sanitise } from './sanitise.ts';
import { count, formatTime, placeText, wrap } from './text.ts';

/** A log entry that is evidence, as it stands in the export. */
export type RawEntry = {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  readonly isVerbatim: boolean;
};

export type SupportOptions = {
  /** By log id; null where no logs were at hand. */
  readonly raw: ReadonlyMap<string, RawEntry> | null;
  /** Every id, event and entry, however many there are. */
  readonly all: boolean;
  /** The text is for a terminal, so that nothing in it may steer one. Elsewhere raw entries stay as they are. */
  readonly terminal: boolean;
};

/** So many of a kind are told without `all`. */
export const supportLimit = 50;

const width = 100;

/**
 * What a vendor's support asks for about one finding, as plain text: which ids, when, what was expected, what happened, on what
 * evidence, what it hangs together with, and the raw log entries. Only those can hold more than one harmless line each.
 */
export function* supportText(result: AuditResult, finding: Finding, options: SupportOptions): Generator<string> {
  const most = options.all ? Number.POSITIVE_INFINITY : supportLimit;
  const sections: readonly (readonly [heading: string, lines: readonly string[]])[] = [
    ['What was expected', prose(`That this does not happen: ${finding.title}`, documented(finding))],
    ['What happened', happened(result, finding)],
    ['What was advised', prose(finding.fix)],
    ['Ids', idLines(finding, most)],
    ['What explains it', aboveLines(result, finding, most)],
    ['What it explains', belowLines(result, finding, most)],
    [`Evidence: ${count(finding.evidence.length, 'log entry', 'log entries')}`, evidenceLines(finding, most)],
  ];
  const title = sanitise(finding.title);
  yield `${title}\n${'='.repeat(Math.min(title.length, width))}\n`;
  yield `Account ${sanitise(finding.accountId)}, ${finding.subject.type} ${sanitise(finding.subject.id)}. All times are in UTC.\n`;
  for (const [heading, lines] of sections) {
    if (lines.length > 0) yield `\n${heading}\n${lines.map((line) => `  ${line}\n`).join('')}`;
  }
  if (result.run.redacted === true) yield '\nRaw log entries\n  None: they would tell what this result masks.\n';
  else yield* rawPieces(finding, most, options);
}

function prose(...texts: readonly string[]): string[] {
  return texts.filter((text) => text !== '').flatMap((text) => wrap(text, width - 2, 40));
}

function documented({ reference }: Finding): string {
  return reference === '' ? '' : `Documented at ${reference}`;
}

function happened({ tool, run }: AuditResult, finding: Finding): string[] {
  const { message, cause, severity, certainty, firstSeen, lastSeen, ongoing, ruleId, fingerprint } = finding;
  const asOf = run.asOf === null ? '' : ` (${formatTime(run.asOf)})`;
  const until = ongoing ? `still going on when the export ends${asOf}` : `last seen at ${formatTime(lastSeen)}`;
  return [
    ...prose(message),
    `First seen at ${formatTime(firstSeen)}, ${until}.`,
    ...prose(`Cause: ${cause}. Severity: ${severity}. Certainty: ${certainty}.`),
    ...prose(`Found by rule ${ruleId} of ${tool.name} ${tool.version}, finding ${fingerprint}.`),
  ];
}

/** What the finding is about and what it names, by type. */
function idLines(finding: Finding, most: number): string[] {
  const { accountId, subject, related, correlationIds, data } = finding;
  const requests = [...finding.requestIds, ...finding.evidence.flatMap(({ requestId }) => requestId ?? [])];
  const ids: readonly Id[] = [
    { type: 'account', id: accountId },
    subject,
    ...related,
    ...idsIn(data),
    ...requests.map((id) => ({ type: 'request', id })),
    // Most often the correlation id is the request id again.
    ...correlationIds.map((id) => ({ type: 'correlation', id })),
  ];
  const byType = new Map<string, Set<string>>();
  const known = new Set<string>();
  for (const { type, id } of ids) {
    // What is a store in one place may be only a resource in another.
    if (known.has(id)) continue;
    known.add(id);
    byType.set(type, (byType.get(type) ?? new Set()).add(id));
  }
  return [...byType].flatMap(([type, own]) => capped([...own], most, (id) => `${type.padEnd(14)}${sanitise(id)}`));
}

type Id = { readonly type: string; readonly id: string };

const idForm = /^(?:[a-z]+_[a-z_]*_?[0-9a-z]{20,}|[A-Z]{2}[0-9a-f]{32})$/u;
const idKey = /(?:^|_)(?:id|sid)s?$|(?:Id|Sid)s?$/u;

/** Ids in the data of a finding: what has the form of one, and what stands under a name such as `operation_id`. */
function idsIn(data: unknown, key = ''): Id[] {
  if (Array.isArray(data)) return data.flatMap((item) => idsIn(item, key));
  if (typeof data === 'object' && data !== null) {
    return Object.entries(data).flatMap(([name, value]) => idsIn(value, name));
  }
  if (typeof data !== 'string' || data === '') return [];
  if (idForm.test(data)) return [{ type: data.startsWith('AC') ? 'account' : typeOfId(data), id: data }];
  const named = key.replace(idKey, '').replaceAll('_', ' ').trim();
  return idKey.test(key) ? [{ type: named === '' ? 'resource' : named, id: data }] : [];
}

type Named = Pick<KnownFinding, 'ruleId' | 'subject' | 'fingerprint'>;

/** What explains it, directly or in several steps. */
function aboveLines({ findings, baseline }: AuditResult, finding: Finding, most: number): string[] {
  const known = new Map(baseline?.causes.map((cause) => [cause.fingerprint, cause]));
  const present = new Map(findings.map((other) => [other.fingerprint, other]));
  const above = closure(finding.fingerprint, (fingerprint) => present.get(fingerprint)?.causedBy ?? []);
  const told = above.flatMap((fingerprint) => present.get(fingerprint) ?? known.get(fingerprint) ?? []);
  const lost = above.filter((fingerprint) => !present.has(fingerprint) && !known.has(fingerprint));
  return [
    ...groupLines('explained by', told, most),
    ...capped(lost, most, (fingerprint) => `explained by finding ${fingerprint}, which this result does not hold`),
  ];
}

/** What it explains, directly or in several steps. */
function belowLines({ findings }: AuditResult, finding: Finding, most: number): string[] {
  const symptoms = new Map<string, string[]>();
  for (const { fingerprint, causedBy } of findings) {
    for (const cause of causedBy) {
      const own = symptoms.get(cause) ?? [];
      symptoms.set(cause, own);
      own.push(fingerprint);
    }
  }
  const present = new Map(findings.map((other) => [other.fingerprint, other]));
  const below = closure(finding.fingerprint, (fingerprint) => symptoms.get(fingerprint) ?? []);
  return groupLines(
    'explains',
    below.flatMap((fingerprint) => present.get(fingerprint) ?? []),
    most,
  );
}

/** Everything that can be reached, each once, without the beginning itself. */
function closure(start: string, next: (fingerprint: string) => readonly string[]): string[] {
  const seen = new Set([start]);
  // A set grows while it is walked, and walks what was added.
  for (const fingerprint of seen) for (const other of next(fingerprint)) seen.add(other);
  seen.delete(start);
  return [...seen];
}

function groupLines(verb: string, findings: readonly Named[], most: number): string[] {
  const rules = [...new Set(findings.map(({ ruleId }) => ruleId))].sort(compareText);
  return rules.flatMap((ruleId) => {
    const own = findings.filter((other) => other.ruleId === ruleId);
    return [
      `${verb} ${count(own.length, 'finding')} of ${sanitise(ruleId)}:`,
      ...capped(own, most, ({ subject, fingerprint }) => `  ${named(subject)}, finding ${fingerprint}`),
    ];
  });
}

function named({ type, id }: Related): string {
  return `${type} ${sanitise(id)}`;
}

function evidenceLines({ evidence }: Finding, most: number): string[] {
  const lines = evidence.slice(0, most).flatMap((event) => {
    const what = [event.eventType, event.level, event.errorCode, event.status].filter((part) => part !== null);
    return [
      `${formatTime(event.eventTime)}  ${sanitise(what.join(' '))}`,
      ...(event.errorReason === null ? [] : wrap(event.errorReason, width - 6, 40).map((line) => `    ${line}`)),
      ...(event.requestId === null ? [] : [`    request ${sanitise(event.requestId)}`]),
      `    log id ${sanitise(event.logId)}, ${placeOf(event)}`,
    ];
  });
  return [...lines, ...rest(evidence.length, most)];
}

function placeOf(event: Evidence): string {
  return sanitise(placeText(event));
}

function capped<Item>(items: readonly Item[], most: number, line: (item: Item) => string): string[] {
  return [...items.slice(0, most).map(line), ...rest(items.length, most)];
}

function rest(n: number, most: number): string[] {
  return n <= most ? [] : [`… ${count(n - most, 'more', 'more')}, left out here`];
}

/** Each entry on a line of its own from its beginning, so that it can be copied; above those that were no such lines it is said. */
function* rawPieces({ evidence }: Finding, most: number, { raw, terminal }: SupportOptions): Generator<string> {
  if (evidence.length === 0) return;
  if (raw === null) {
    yield '\nRaw log entries\n  None: the logs were not at hand when this was written.\n';
    return;
  }
  const wanted = evidence.slice(0, most);
  const there = wanted.flatMap((event) => raw.get(event.logId) ?? []);
  const lacking = wanted.filter((event) => !raw.has(event.logId));
  const isVerbatim = (entry: RawEntry) => entry.isVerbatim;
  const parts: readonly (readonly [heading: string, entries: readonly RawEntry[]])[] = [
    ['Raw log entries, as they stand in the export', there.filter(isVerbatim)],
    [
      'Raw log entries, as JSON of records that are no lines of JSON in the export',
      there.filter((e) => !isVerbatim(e)),
    ],
  ];
  for (const [heading, entries] of parts) {
    if (entries.length === 0) continue;
    yield `\n${heading}: ${entries.length} of ${evidence.length}\n`;
    for (const { text } of entries) yield `${terminal ? sanitise(text) : text}\n`;
  }
  if (lacking.length > 0) {
    const lines = lacking.map((event) => `  log id ${sanitise(event.logId)}, once at ${placeOf(event)}\n`);
    yield `\nNot found in the logs: ${count(lacking.length, 'log entry', 'log entries')}\n${lines.join('')}`;
  }
}
