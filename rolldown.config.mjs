/**
 * Puts `src` and the libraries it uses into few files: looking up and loading some 350 modules one by one takes Node a third of a
 * second at each start. Types come from tsc, `.sql` files are copied beside.
 */
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { parse } from 'yaml';

const src = fileURLToPath(new URL('src/', import.meta.url));

/** A module finds the files beside it as if it still lay in its folder, whichever file of `dist` it went into. */
const ownUrl = {
  name: 'own-url',
  transform(code, id) {
    if (!id.startsWith(src) || !code.includes('import.meta.url')) return null;
    const path = relative(src, id).replaceAll(sep, '/').replace(/\.ts$/, '.js');
    return { code: code.replaceAll('import.meta.url', `new URL('./${path}', import.meta.url).href`), map: null };
  },
};

/** The headers of the shipped rules, by the hash of their text; see src/rules/known-headers.ts. */
const headers = {
  name: 'known-headers',
  generateBundle() {
    const texts = globSync(['rules/**/*.sql']).map(
      (file) => /^\s*\/\*(.*?)\*\//s.exec(readFileSync(file, 'utf8'))?.[1] ?? '',
    );
    const known = Object.fromEntries(
      texts.map((yaml) => [createHash('sha256').update(yaml).digest('hex'), parse(yaml)]),
    );
    this.emitFile({ type: 'asset', fileName: 'known-headers.json', source: `${JSON.stringify(known)}\n` });
  },
};

/** A comment in front of each module says where it is from: not from where the dependencies lay on the machine that built it. */
const places = {
  name: 'places',
  renderChunk: (code) => ({ code: code.replaceAll(/^\/\/.*?(?=node_modules\/)/gm, '// '), map: null }),
};

/** npm makes the command executable where it installs it, but not where it finds one that it knows, built anew. */
const executable = {
  name: 'executable',
  writeBundle: () => chmodSync('dist/cli.js', 0o755),
};

const program = {
  input: {
    cli: 'src/cli.ts',
    index: 'src/index.ts',
    // What predicates of others run in is loaded by a thread, by itself.
    'predicate-worker': 'src/rules/predicate-worker.ts',
    // The last step of the build.
    'write-known-sql': 'src/rules/write-known-sql.ts',
  },
  platform: 'node',
  // DuckDB is a native library, jiti finds its own parts by file name, and of the telephone numbers' tables only few are ever needed.
  external: [/^@duckdb\/node-bindings/, 'jiti', /^libphonenumber-js/],
  plugins: [ownUrl, headers, places, executable],
  output: {
    dir: 'dist',
    format: 'esm',
    // Side by side: what lies deeper would see other relative paths.
    chunkFileNames: 'chunk-[name].js',
  },
};

/** Style of the HTML report, beside its code. */
const pageStyle = {
  name: 'page-style',
  generateBundle() {
    const css = readFileSync('src/report/html/app/page.css', 'utf8');
    this.emitFile({ type: 'asset', fileName: 'report-page.css', source: withoutSpace(css) });
  },
};

/** Comments and indentation are for us alone. */
function withoutSpace(css) {
  return css
    .replaceAll(/\/\*[\s\S]*?\*\//gu, '')
    .replaceAll(/\s*\n\s*/gu, '\n')
    .trim();
}

/** What runs in the browser that shows an HTML report: one script that src/report/html/index.ts puts into the page. */
const page = {
  input: { 'report-page': 'src/report/html/app/main.tsx' },
  platform: 'browser',
  tsconfig: 'src/report/html/app/tsconfig.json',
  plugins: [pageStyle],
  output: { dir: 'dist', format: 'iife', minify: true },
};

export default [program, page];
