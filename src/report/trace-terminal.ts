import stringWidth from 'string-width';
import { severities } from '../rules/vocabulary.ts';
import { type IdType, idTypes, type Match, type Story, type StoryFinding, type TraceResult } from '../trace/story.ts';
import { isAboutStory } from '../trace/touching.ts';
import { type Style, style } from './style.ts';
import { checkedLines, configLines, issueLines } from './terminal.ts';
import { tookLines } from './terminal-timing.ts';
import { clip, count, formatDuration, formatTime, grouped, pad, placeText, wrap } from './text.ts';
import { storiesAtLeast, type TraceReportOptions } from './trace-options.ts';
import { toldOfEntity, toldOfRecord } from './trace-records.ts';
import { packed, tailsOf, timelineLines } from './trace-timeline.ts';

/** Prose wider than this is hard to read, however wide the terminal is. */
const proseWidth = 100;
const idWidth = 80;
/** So many of a kind are told unless all are asked for; ids of which nothing more is known are worth less. */
const toldEntities = 5;
const toldBareIds = 3;
const toldFindings = 10;
const toldOfRule = 3;
const toldInBrief = 8;
const toldRecords = 5;

/**
 * The story of an id for people: as what it occurs, what it touches, its events in order with the gaps between them, the
 * findings about it, and what stands beside the log. Text of the log cannot steer the terminal; no line ends in a space.
 */
export function traceReport(result: TraceResult, options: TraceReportOptions): string {
  const width = Math.max(options.width, 50);
  const paint = style(options.colour);
  const shown = storiesAtLeast(result, options);
  const hidden =
    result.stories.reduce((sum, { findings }) => sum + findings.length, 0) -
    shown.stories.reduce((sum, { findings }) => sum + findings.length, 0);
  const several = shown.stories.length > 1;
  const sections = [
    [...headLines(result, width), ...issueLines(issuesOf(result), width, paint)],
    ...shown.stories.flatMap((story, at) => {
      const heading = several
        ? [paint.heading(clip(`Account ${at + 1} of ${shown.stories.length}: ${story.accountId}`, width))]
        : [];
      return storySections(story, heading, result, { ...options, width }, paint);
    }),
    ...(hidden === 0 ? [] : [[`${count(hidden, 'finding')} below ${options.leastSeverity} not shown.`]]),
    [
      paint.quiet('─'.repeat(Math.min(width, 80))),
      ...checkedLines(result.rules, width, paint),
      ...configLines(result, width, paint),
      ...tookLines(result, width, paint, options.timing),
    ],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.trimEnd()).join('\n'))
    .join('\n\n')}\n`;
}

function headLines({ tool, id, run, files, stories }: TraceResult, width: number): string[] {
  const read = `${count(run.events, 'event')} of ${count(run.accounts, 'account')} in ${count(files.length, 'file')}`;
  const ends = run.asOf === null ? '' : `, as of ${formatTime(run.asOf)}`;
  const accounts = stories.length > 1 ? [`It occurs in ${stories.length} accounts; each has its own story below.`] : [];
  return [
    clip(`${tool.name} ${tool.version}: trace of ${clip(id, idWidth)}`, Math.max(width, 120)),
    ...wrap(`in ${read}${ends}`, width),
    ...accounts,
  ];
}

/** What is said of files that have nothing to do with the story is not worth a line here. */
function issuesOf({ issues, stories }: TraceResult): TraceResult['issues'] {
  const involved = new Set(stories.flatMap(({ files }) => files.map(({ path }) => path)));
  return issues.filter(({ severity, file }) => severity !== 'notice' || file === undefined || involved.has(file));
}

function storySections(
  story: Story,
  heading: readonly string[],
  { id }: TraceResult,
  options: TraceReportOptions,
  paint: Style,
): string[][] {
  const { width } = options;
  const about = story.findings.filter(isAboutStory);
  const marks = new Map(about.map(({ fingerprint }, at) => [fingerprint, String(at + 1)]));
  const tailOf = tailsOf([
    ...story.touched.map((each) => each.id),
    ...story.requests.map(({ requestId }) => requestId),
    ...story.events.flatMap(({ resourceId }) => resourceId ?? []),
  ]);
  const conversations = story.touched.filter(({ type }) => type === 'conversation').length;
  return [
    [...heading, ...wrap(summaryOf(story, id), Math.min(width, 120)), ...foundLine(story, paint)],
    touchedLines(story, tailOf, options, paint),
    eventSection(story, paint, {
      width,
      paint,
      all: options.all,
      tailOf,
      markOf: (fingerprint) => marks.get(fingerprint),
      namesConversation: conversations > 1,
      namesRequest: story.requests.length > 1,
      marksOwn: story.events.some(({ reason }) => reason !== 'id'),
    }),
    findingSection(story, about, marks, options, paint),
    contextLines(story, options, paint),
    recordLines(story, tailOf, options, paint),
  ];
}

const names: Readonly<Partial<Record<IdType, string>>> = {
  request: 'request id',
  correlation: 'correlation id',
  log: 'log id',
  resource: 'resource or channel id',
  'intelligence-configuration': 'intelligence configuration',
};

function summaryOf(story: Story, id: string): string {
  const as = story.matches
    .map((match) => `${withArticle(names[match.type] ?? match.type)} (${occurrences(match)})`)
    .join(' and ');
  const joined = story.events.filter(({ reason }) => reason !== 'id').length;
  const more =
    joined === 0 ? '' : `; its story takes in ${count(joined, 'more event')} of the same requests and conversations`;
  const what = as === '' ? 'named by findings alone, in' : `${as} of`;
  return `${clip(id, idWidth)} is ${what} account ${clip(story.accountId, 60)}${more}.`;
}

function withArticle(name: string): string {
  return `${/^[aeio]/.test(name) ? 'an' : 'a'} ${name}`;
}

function occurrences({ events, records }: Match): string {
  return [...(events > 0 ? [count(events, 'event')] : []), ...(records > 0 ? [count(records, 'record')] : [])].join(
    ', ',
  );
}

function foundLine({ findings }: Story, paint: Style): string[] {
  const about = findings.filter(isAboutStory);
  if (about.length === 0) return ['No finding is about it.'];
  const tally = severities
    .toReversed()
    .map((severity) => [severity, about.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, n]) => n > 0)
    .map(([severity, n]) => paint.severity[severity](`${grouped(n)} ${severity}`));
  return [`${count(about.length, 'finding')} about it: ${tally.join(', ')}`];
}

function touchedLines(
  { touched, requests }: Story,
  tailOf: (id: string) => string,
  { width, all }: TraceReportOptions,
  paint: Style,
): string[] {
  if (touched.length === 0 && requests.length === 0) return [];
  const ofRequests = requests.map(({ requestId, correlationIds, events, errors, warnings, began }) => ({
    id: requestId,
    told: [
      count(events, 'event'),
      ...(errors > 0 ? [count(errors, 'error')] : []),
      ...(warnings > 0 ? [count(warnings, 'warning')] : []),
      formatTime(began),
      ...correlationIds.filter((each) => each !== requestId).map((each) => `correlation ${each}`),
    ].join(', '),
  }));
  const groups: (readonly [label: string, rows: readonly { readonly id: string; readonly told: string }[]])[] = [
    ['request', ofRequests],
    ...idTypes.map(
      (type) =>
        [
          names[type] ?? type,
          touched
            .filter((each) => each.type === type)
            .map((each) => ({ id: each.id, told: toldOfEntity(each, tailOf) })),
        ] as const,
    ),
  ];
  const labels = groups.filter(([, rows]) => rows.length > 0);
  const labelWidth = Math.max(...labels.map(([label]) => stringWidth(label))) + 2;
  const lines = labels.flatMap(([label, rows]) => {
    const bare = rows.every(({ told }) => told === '');
    const most = all ? rows.length : bare ? toldBareIds : toldEntities;
    const shown = rows.slice(0, rows.length === most + 1 ? rows.length : most);
    const told = shown.flatMap(({ id, told: text }) => idLines(id, text, width - 2 - labelWidth));
    const rest = rows.length - shown.length;
    return [...told, ...(rest > 0 ? [`… ${count(rest, 'more', 'more')} (--all)`] : [])].map(
      (line, at) => `  ${at === 0 ? paint.quiet(pad(label, labelWidth)) : ' '.repeat(labelWidth)}${line}`,
    );
  });
  return [paint.heading('What it touches'), ...lines];
}

/** An id, whole, and what is told of it: beside it where there is room, else below. */
function idLines(id: string, told: string, width: number): string[] {
  const own = clip(id, idWidth);
  if (told === '') return [own];
  if (stringWidth(own) + 2 + stringWidth(told) <= width) return [`${own}  ${told}`];
  return [own, ...wrap(told, Math.min(width - 2, proseWidth), 4).map((line) => `  ${line}`)];
}

function eventSection(story: Story, paint: Style, options: Parameters<typeof timelineLines>[1]): string[] {
  const { events, began, ended, asOf, exportBegin, files } = story;
  if (began === null || ended === null) return [paint.heading('Events'), '  None names it.'];
  const span = Date.parse(ended) - Date.parse(began);
  const within = events.length === 1 ? '' : ` within ${formatDuration(span)}`;
  const shapes = new Set(files.map(({ format }) => format));
  const marks = options.marksOwn ? '; • names the id, the others belong to its requests and conversations' : '';
  const title = `${grouped(events.length)}${within}, in ${count(files.length, 'file')}${shapes.size > 1 ? ` of ${shapes.size} shapes` : ''}${marks}`;
  const after = asOf === null ? 0 : Date.parse(asOf) - Date.parse(ended);
  return [
    ...wrap(`Events: ${title}`, options.width).map((line, at) =>
      at === 0 ? `${paint.heading('Events')}${line.slice('Events'.length)}` : line,
    ),
    ...(exportBegin === began ? [`  ${paint.quiet('The export begins here: earlier events are not in it.')}`] : []),
    ...timelineLines(events, options),
    ...(asOf === null
      ? []
      : [
          ...wrap(
            after <= 0
              ? `The export ends here, at ${formatTime(asOf)}.`
              : `Nothing more in the ${formatDuration(after)} until the export ends at ${formatTime(asOf)}.`,
            options.width - 2,
          ).map((line) => `  ${paint.quiet(line)}`),
        ]),
  ];
}

function findingSection(
  story: Story,
  about: readonly StoryFinding[],
  marks: ReadonlyMap<string, string>,
  { width, all }: TraceReportOptions,
  paint: Style,
): string[] {
  if (about.length === 0) return [];
  const here = new Set(story.events.map(({ logId }) => logId));
  const ofRule = new Map<string, number>();
  const [full, brief]: [StoryFinding[], StoryFinding[]] = [[], []];
  for (const finding of about) {
    const n = (ofRule.get(finding.ruleId) ?? 0) + 1;
    ofRule.set(finding.ruleId, n);
    (all || (n <= toldOfRule && full.length < toldFindings) ? full : brief).push(finding);
  }
  const rest = brief.length - toldInBrief;
  return [
    paint.heading('Findings'),
    ...full.flatMap((finding, at) => [...(at === 0 ? [] : ['']), ...findingBlock(finding, marks, here, width, paint)]),
    ...(brief.length === 0 ? [] : ['']),
    ...brief.slice(0, toldInBrief).map((finding) => briefLine(finding, marks, width, paint)),
    ...(rest > 0 ? [`  … ${count(rest, 'more', 'more')} (--all)`] : []),
  ];
}

function findingBlock(
  finding: StoryFinding,
  marks: ReadonlyMap<string, string>,
  here: ReadonlySet<string>,
  width: number,
  paint: Style,
): string[] {
  const mark = `[${marks.get(finding.fingerprint) ?? '?'}]`;
  const inner = Math.min(width - 6, proseWidth);
  const certainty = finding.certainty === 'confirmed' ? '' : `, ${finding.certainty}`;
  const causes = finding.causedBy.flatMap((fingerprint) => marks.get(fingerprint) ?? []).map((cause) => `[${cause}]`);
  const cited = finding.evidence.filter(({ logId }) => here.has(logId)).length;
  const elsewhere = finding.evidence.length - cited;
  const evidence = [
    ...(cited > 0 ? [`${count(cited, 'event')} above`] : []),
    ...(elsewhere > 0 ? [`${count(elsewhere, 'event')} elsewhere`] : []),
  ].join(' and ');
  const foot = [
    `finding ${finding.fingerprint}`,
    ...(evidence === '' ? [] : [`rests on ${evidence}`]),
    ...(finding.touches.includes('cause') ? ['told because it explains another'] : []),
  ].join(', ');
  const body = [
    ...wrap(finding.message, inner),
    ...(finding.message.includes(finding.subject.id)
      ? []
      : [`about ${finding.subject.type} ${clip(finding.subject.id, idWidth)}`]),
    ...wrap(`Fix: ${finding.fix}`, inner),
    ...(causes.length === 0 ? [] : wrap(`Because of ${causes.join(', ')}.`, inner)),
    ...wrap(foot, inner).map(paint.quiet),
  ];
  const indent = ' '.repeat(3 + mark.length);
  return [
    `  ${paint.heading(mark)} ${paint.severity[finding.severity](finding.severity.toUpperCase())}${certainty}  ${clip(finding.ruleId, inner)}`,
    ...body.map((line) => `${indent}${line}`),
  ];
}

function briefLine(finding: StoryFinding, marks: ReadonlyMap<string, string>, width: number, paint: Style): string {
  const mark = marks.get(finding.fingerprint);
  const lead = mark === undefined ? '' : `[${mark}] `;
  const told = `${lead}${finding.severity}  ${finding.ruleId}  ${finding.message}`;
  return `  ${paint.quiet(clip(told, width - 2))}`;
}

/** Findings about what the story shares with others: a configuration that is wrong is wrong for this story, too. */
function contextLines({ findings }: Story, { width, all }: TraceReportOptions, paint: Style): string[] {
  const context = findings.filter((finding) => !isAboutStory(finding));
  if (context.length === 0) return [];
  const shown = all ? context : context.slice(0, toldInBrief);
  const rest = context.length - shown.length;
  return [
    paint.heading('Findings about what it shares with others'),
    ...shown.flatMap((finding) => {
      const head = `${finding.severity}  ${clip(finding.ruleId, 60)}`;
      return [
        `  ${paint.severity[finding.severity](head)}`,
        ...wrap(finding.message, Math.min(width - 6, proseWidth), 3).map((line) => `      ${line}`),
      ];
    }),
    ...(rest > 0 ? [`  … ${count(rest, 'more', 'more')} (--all)`] : []),
  ];
}

function recordLines(
  { records }: Story,
  tailOf: (id: string) => string,
  { width, all }: TraceReportOptions,
  paint: Style,
): string[] {
  if (records.length === 0) return [];
  const told = new Map<string, number>();
  const hidden = new Map<string, number>();
  const lines = records.flatMap((record) => {
    const n = (told.get(record.type) ?? 0) + 1;
    told.set(record.type, n);
    if (!all && n > toldRecords) {
      hidden.set(record.type, (hidden.get(record.type) ?? 0) + 1);
      return [];
    }
    const place = placeText({ file: clip(record.file, 400), line: record.line });
    const label = `  ${record.type.replaceAll('-', ' ')}`;
    const parts = [
      ...(record.id === null ? [] : [{ text: clip(record.id, idWidth) }]),
      ...(record.time === null ? [] : [{ text: formatTime(record.time) }]),
    ];
    const summary = wrap(toldOfRecord(record, tailOf), Math.min(width - 6, 120), 5).filter((line) => line !== '');
    const at = { text: place, shown: paint.quiet(place) };
    const below = ' '.repeat(6);
    const onOneLine = packed(label, label, [...parts, at], below, width);
    if (onOneLine.length === 1) return [...onOneLine, ...summary.map((line) => below + line)];
    return [
      ...packed(label, label, parts, below, width),
      ...summary.map((line) => below + line),
      `${below}${at.shown}`,
    ];
  });
  const rest = [...hidden].map(([type, n]) => `${grouped(n)} ${type.replaceAll('-', ' ')}`).join(', ');
  return [paint.heading('Beside the log'), ...lines, ...(rest === '' ? [] : [`  … and more: ${rest} (--all)`])];
}
