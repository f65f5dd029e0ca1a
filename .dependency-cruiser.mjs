// The way of the data is a one-way street: a station imports only from the engine and from stations before it.
const stations = [
  'engine',
  'ingest',
  'model',
  'rules',
  'config',
  'findings',
  'trace',
  'redact',
  'cases',
  'report',
  'explore',
];

const noLookingAhead = stations.map((station, at) => ({
  name: `${station}-looks-only-back`,
  comment: `src/${station} may import only from: ${stations.slice(0, at + 1).join(', ')}.`,
  severity: 'error',
  from: { path: `^src/${station}/` },
  to: { path: '^src/', pathNot: `^src/(${stations.slice(0, at + 1).join('|')})/` },
}));

export default {
  forbidden: [
    ...noLookingAhead,
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'commands-are-the-top',
      comment: 'Only the entry imports commands; nothing else does.',
      severity: 'error',
      from: { pathNot: '^src/(commands/|cli\\.ts$)|^test/' },
      to: { path: '^src/commands/' },
    },
    {
      name: 'rules-use-the-public-api',
      comment: 'A predicate imports from `postlude` and from its own folder, as the rule of a stranger would.',
      severity: 'error',
      from: { path: '^rules/' },
      to: { path: '^src/', pathNot: '^src/index\\.ts$' },
    },
    {
      name: 'simulator-knows-no-rules',
      comment:
        'Who plants incidents must not lean on the code that finds them; only the trial sees the audit, from outside.',
      severity: 'error',
      from: {
        path: '^test/(simulate|generate)/',
        pathNot: '^test/simulate/trial\\.ts$|^test/generate/.*\\.test\\.ts$',
      },
      to: { path: '^(src|rules)/' },
    },
    {
      name: 'simulation-is-audited-from-outside',
      severity: 'error',
      from: { path: '^test/simulate/trial\\.ts$' },
      to: { path: '^(src|rules)/', pathNot: '^src/audit\\.ts$' },
    },
    {
      name: 'browser-code-stays-in-the-browser',
      comment: 'The page of the HTML report is built by itself; nothing that runs in Node imports it.',
      severity: 'error',
      from: { path: '^(src|rules|test)/', pathNot: '^src/report/html/app/' },
      to: { path: '^src/report/html/app/' },
    },
    {
      name: 'browser-code-has-no-node',
      severity: 'error',
      from: { path: '^src/report/html/app/' },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-dependencies-in-src',
      comment: 'Types are for the compiler alone.',
      severity: 'error',
      // What runs in the browser is put into one file by the build, with all that it uses.
      from: { path: '^src/', pathNot: '^src/report/html/app/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: '^node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
