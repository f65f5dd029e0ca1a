import type { CommandModule } from 'yargs';
import type { Context } from './context.ts';
import { oneFormat, ruleFolderOptions, rulesOfFolders } from './rule-folders.ts';

/** `postlude explain CODE…`: what an error code means, what to do about it, and which rules look at it. */
export function explainCommand(context: Context): CommandModule {
  return {
    command: 'explain',
    describe: 'Tell what an error code means, and which rules look at it',
    builder: (yargs) =>
      yargs
        .usage(
          'postlude explain [CODE…]\n\nTells what an error code means, what to do about it, and which rules look at it.\nWithout a code it lists those that it knows.',
        )
        .options(ruleFolderOptions)
        .example('postlude explain 530004', 'one code')
        .example('postlude explain', 'all codes')
        .example('postlude explain 530003 530004 --format json', 'for a program'),
    handler: ({ _: [, ...codes], ...given }) => context.start(() => run(context, codes.map(String), given)),
  };
}

async function run(context: Context, given: readonly string[], rest: Readonly<Record<string, unknown>>): Promise<void> {
  const format = oneFormat('explain', rest, ['terminal', 'json']);
  const [rules, { rulesOfCode }, dictionary, report] = await Promise.all([
    rulesOfFolders(context, rest),
    import('../rules/rules-of-code.ts'),
    import('../model/error-dictionary.ts'),
    import('../report/explained-codes.ts'),
  ]);

  const asked = given.map((text) => ({ text, entry: isNumber(text) ? dictionary.errorCode(Number(text)) : null }));
  const wanted =
    given.length === 0 ? dictionary.errorCodes : asked.flatMap(({ entry }) => (entry === null ? [] : [entry]));
  const explained = await Promise.all(
    [...new Set(wanted)].map(async (entry) => ({ entry, looking: await rulesOfCode(rules, entry) })),
  );
  const lines =
    format === 'json'
      ? report.explainedJson(explained)
      : given.length === 0
        ? report.codeList(wanted)
        : report.explainedPages(explained, context);
  if (explained.length > 0) await context.print(lines);

  // What is known was told all the same.
  for (const { text, entry } of asked) {
    if (entry !== null) continue;
    context.warn(`postlude: ${whyUnknown(text, rules, dictionary)}`);
    context.exit(2);
  }
}

function isNumber(text: string): boolean {
  return /^\d{1,9}$/.test(text);
}

type Dictionary = {
  readonly nearCodes: (code: number) => readonly number[];
  readonly errorPage: (code: number) => string;
};

/** One line: what is wrong with it, and where to go on. */
function whyUnknown(
  text: string,
  rules: readonly { readonly id: string }[],
  { nearCodes, errorPage }: Dictionary,
): string {
  if (!isNumber(text)) {
    return rules.some(({ id }) => id === text)
      ? `"${text}" is a rule, not an error code: see postlude rules list ${text}`
      : `"${text}" is not an error code: codes are numbers, such as 530004; postlude explain lists those it knows`;
  }
  const code = Number(text);
  if (code >= 400 && code <= 599) {
    return `${code} is an HTTP status, not an error code: postlude rules list errors shows the rules that look at answers of the API`;
  }
  const near = nearCodes(code);
  const hint =
    near.length === 0
      ? 'postlude explain lists those it knows'
      : `the nearest ${near.length === 1 ? 'is' : 'are'} ${near.join(', ')}`;
  const ofOrchestrator = Math.floor(code / 1000) === 530 ? '; errors/unrecognised-code tells where it was logged' : '';
  return `${code} is not in the dictionary: ${hint}; Twilio's own is at ${errorPage(code)}${ofOrchestrator}`;
}
