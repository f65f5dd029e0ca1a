import type { CommandModule } from 'yargs';
import { UserError } from '../engine/errors.ts';
import type { Context } from './context.ts';
import { reportOptions } from './report-options.ts';

/** `postlude report FINDINGS.json`: what an audit found, told again without its logs. */
export function reportCommand(context: Context): CommandModule {
  return {
    command: 'report',
    describe: 'Tell again what an audit wrote as JSON, in any format, or one finding of it for a ticket',
    builder: (yargs) =>
      yargs
        .usage(
          'postlude report FINDINGS.json\n\nReads what postlude audit --format json wrote (- is standard input) and reports it again, without the logs; or writes what a vendor asks for in a ticket about one of its findings.',
        )
        .options(reportOptions)
        .example('postlude report findings.json --tree full', 'for people')
        .example('postlude report findings.json --baseline known.json', 'only what is new')
        .example('postlude report findings.json --support 7db0d6', 'for a ticket')
        .example('postlude report findings.json --support 7db0d6 --logs exports/', 'with log entries from a folder'),
    handler: ({ _: [, ...paths], ...given }) => context.start(() => run(context, paths.map(String), given)),
  };
}

type Given = Readonly<Record<string, unknown>>;

async function run(context: Context, [path, ...more]: readonly string[], given: Given): Promise<void> {
  if (path === undefined || path.trim() === '') {
    throw new UserError(
      'report needs the file that audit --format json=FILE wrote: postlude report FINDINGS.json (see postlude report --help)',
    );
  }
  if (more.length > 0) {
    throw new UserError(`report reads one result, so ${more[0]} is one too many; before each path of logs goes --logs`);
  }
  if (given.support !== undefined) {
    const { support, supportCall } = await import('./support.ts');
    await support(context, path, supportCall(path, given));
    return;
  }
  const stray = ['logs', 'output', 'all'].find((name) => given[name] !== undefined);
  if (stray !== undefined) throw new UserError(`--${stray} is for a ticket: it needs --support FINGERPRINT`);

  const [{ resultAt }, { tellReadResult }] = await Promise.all([
    import('./result-at.ts'),
    import('./tell-read-result.ts'),
  ]);
  await tellReadResult(context, given, [path], () => resultAt(context, path));
}
