import type { Issue } from '../../../engine/issue.ts';
import type { RuleStatus } from '../../../findings/result.ts';
import { overview } from './blocks.ts';
import { SeverityMark, worstFirst } from './severity.tsx';
import { show, themes, toggled, view } from './state.ts';
import { count, formatDuration, formatTime, grouped } from './text.ts';

const { tool, run, begin, end, files, issues, rules, suppressions, findings, hidden, leastSeverity } = overview;

const bySeverity = new Map(
  worstFirst.map((severity) => [severity, findings.filter((each) => each.severity === severity).length]),
);
const accounts = new Set(findings.map(({ accountId }) => accountId)).size;
/** Accounts that something is known of. */
const ranOn = new Set([
  ...findings.map(({ accountId }) => accountId),
  ...files.flatMap(({ account }) => (account === null ? [] : [account])),
]);
const roots = findings.filter(({ parent }) => parent === null).length;

export function PageHead() {
  const { theme } = view.value;
  return (
    <header class="page-head">
      <div>
        <h1>
          {tool.name} <span>report</span>
        </h1>
        <p class="quiet">{rangeText()}</p>
      </div>
      <fieldset class="themes">
        <legend class="unseen">Colours</legend>
        {themes.map((each) => (
          <button key={each} type="button" aria-pressed={theme === each} onClick={() => show({ theme: each })}>
            {each}
          </button>
        ))}
      </fieldset>
    </header>
  );
}

function rangeText(): string {
  if (run.asOf === null) return 'No event to go by.';
  const span =
    begin === null
      ? ''
      : `${formatTime(begin)} to ${formatTime(end ?? run.asOf)} (${formatDuration(Date.parse(end ?? run.asOf) - Date.parse(begin))}), judged `;
  const [only] = ranOn;
  const share = run.shard === undefined ? '' : `, shard ${run.shard.index}/${run.shard.of}`;
  return `${span}as of ${formatTime(run.asOf)}${run.accounts === 1 && only !== undefined ? `, account ${only}` : ''}${share}`;
}

/** How much was found, at a glance. Severities narrow the list. */
export function Tallies() {
  const { severities } = view.value;
  return (
    <section class="tallies" aria-label="Summary">
      {worstFirst.map((severity) => (
        <button
          key={severity}
          type="button"
          class={`tally ${severity}`}
          aria-pressed={severities.has(severity)}
          onClick={() => show({ severities: toggled(severities, severity) })}
        >
          <strong>{grouped(bySeverity.get(severity) ?? 0)}</strong>
          <span>
            <SeverityMark severity={severity} />
            {severity}
          </span>
        </button>
      ))}
      <Tally n={roots} of={roots === 1 ? 'root cause' : 'root causes'} />
      <Tally
        n={run.accounts}
        of={run.accounts === 1 ? 'account' : 'accounts'}
        more={`${grouped(accounts)} with findings`}
      />
      <Tally n={run.events} of={run.events === 1 ? 'event' : 'events'} more={`of ${count(files.length, 'file')}`} />
      <Tally
        n={ruleCount('clean') + ruleCount('matched')}
        of="rules ran"
        more={`${grouped(ruleCount('matched'))} matched`}
      />
    </section>
  );
}

function Tally({ n, of, more }: { readonly n: number; readonly of: string; readonly more?: string }) {
  return (
    <div class="tally">
      <strong>{grouped(n)}</strong>
      <span>
        {of}
        {more === undefined ? null : <small>{more}</small>}
      </span>
    </div>
  );
}

const ruleCount = (status: RuleStatus): number => rules.filter((rule) => rule.status === status).length;

const issueKinds: readonly {
  readonly title: string;
  readonly isGrave: boolean;
  readonly holds: (issue: Issue) => boolean;
}[] = [
  { title: 'Could not be used', isGrave: true, holds: ({ severity }) => severity === 'error' },
  { title: 'Lost from the input', isGrave: true, holds: ({ severity }) => severity === 'data_loss' },
  {
    title: 'What this export cannot show',
    isGrave: false,
    holds: ({ severity, file }) => severity === 'notice' && (file ?? null) === null,
  },
  {
    title: 'About single files',
    isGrave: false,
    holds: ({ severity, file }) => severity === 'notice' && (file ?? null) !== null,
  },
  { title: 'Worth knowing', isGrave: false, holds: ({ severity }) => severity === 'info' },
];

/** What is to be known before the findings: what was lost, and what the export cannot show. */
export function Limits() {
  const kinds = issueKinds
    .map((kind) => ({ ...kind, found: issues.filter(kind.holds) }))
    .filter(({ found }) => found.length > 0);
  const failed = rules.filter(({ status }) => status === 'failed');
  const skipped = rules.filter(({ status }) => status === 'skipped');
  return (
    <section class="limits" aria-label="What was loaded and what was not">
      {kinds.map(({ title, isGrave, found }) => (
        <Panel key={title} title={title} n={found.length} isOpen={isGrave || found.length <= 3} isGrave={isGrave}>
          <ul>
            {found.map((issue, at) => (
              <li key={at}>
                {issue.file === undefined ? null : (
                  <code>{`${issue.file}${issue.line === undefined ? '' : `:${issue.line}`} `}</code>
                )}
                {issue.message}
              </li>
            ))}
          </ul>
        </Panel>
      ))}
      {failed.length === 0 ? null : (
        <Panel title="Rules that failed" n={failed.length} isOpen isGrave>
          <Reasons of="failed" />
        </Panel>
      )}
      {skipped.length === 0 ? null : (
        <Panel title="Rules that were skipped" n={skipped.length} isOpen={false} isGrave={false}>
          <Reasons of="skipped" />
        </Panel>
      )}
      <Panel title="Files read" n={files.length} isOpen={false} isGrave={false}>
        <Files />
      </Panel>
      {suppressions.length === 0 ? null : (
        <Panel
          title="Suppressions"
          n={suppressions.length}
          isOpen={suppressions.some(({ status }) => status !== 'used')}
          isGrave={false}
        >
          <Suppressions />
        </Panel>
      )}
      <p class="quiet">
        {`${tool.name} ${tool.version}, in ${formatDuration(run.durationMs)}. ${grouped(run.duplicates)} duplicate entries passed over.`}
        {run.config === undefined ? '' : ` Configuration: ${run.config}.`}
        {hidden === 0 ? '' : ` ${count(hidden, 'finding')} below ${leastSeverity} not in this file.`}
        {overview.timelinesLeftOut === null || overview.timelinesLeftOut === 0
          ? ''
          : ` ${count(overview.timelinesLeftOut, 'finding')} without a timeline, which keeps this file small.`}
      </p>
    </section>
  );
}

type PanelGiven = {
  readonly title: string;
  readonly n: number;
  readonly isOpen: boolean;
  readonly isGrave: boolean;
  readonly children: preact.ComponentChildren;
};

function Panel({ title, n, isOpen, isGrave, children }: PanelGiven) {
  return (
    <details class={isGrave ? 'panel grave' : 'panel'} open={isOpen}>
      <summary>
        {title} <span class="n">{grouped(n)}</span>
      </summary>
      {children}
    </details>
  );
}

/** Rules with the same reason together. */
function Reasons({ of }: { readonly of: RuleStatus }) {
  const byReason = new Map<string, string[]>();
  for (const { id, status, reason } of rules) {
    if (status !== of) continue;
    const key = reason ?? 'no reason given';
    byReason.set(key, [...(byReason.get(key) ?? []), id]);
  }
  return (
    <ul>
      {[...byReason].map(([reason, ids]) => (
        <li key={reason}>
          {reason} <code class="quiet">{ids.join(', ')}</code>
        </li>
      ))}
    </ul>
  );
}

function Files() {
  return (
    <div class="scrolled" tabIndex={0} role="region" aria-label="Files read">
      <table class="lines">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Shape</th>
            <th scope="col">Account</th>
            <th scope="col" class="number">
              Rows
            </th>
            <th scope="col" class="number">
              Duplicate
            </th>
            <th scope="col" class="number">
              Rejected
            </th>
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <tr key={file.path}>
              <td>
                <code>{file.path}</code>
              </td>
              <td>{file.format}</td>
              <td>
                <code>{file.account ?? 'several or none'}</code>
              </td>
              <td class="number">{grouped(file.rows)}</td>
              <td class="number">{grouped(file.duplicates)}</td>
              <td class={file.rejected > 0 ? 'number error' : 'number'}>{grouped(file.rejected)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Suppressions() {
  return (
    <ul>
      {suppressions.map((entry, at) => (
        <li key={at}>
          <strong>{entry.status}</strong>{' '}
          <code>
            {[entry.rule, entry.subject ?? entry.fingerprint, entry.account].filter((part) => part !== null).join(' ')}
          </code>{' '}
          {`${count(entry.findings, 'finding')}: ${entry.reason}${entry.expires === null ? '' : ` (until ${entry.expires})`}`}
        </li>
      ))}
    </ul>
  );
}
