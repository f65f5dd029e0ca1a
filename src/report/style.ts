import picocolors from 'picocolors';
import type { Severity } from '../rules/vocabulary.ts';

type Paint = (text: string) => string;

/** What a report marks, by meaning. Without colour every one of them gives the text back as it is. */
export type Style = {
  readonly heading: Paint;
  readonly quiet: Paint;
  readonly severity: Readonly<Record<Severity, Paint>>;
};

export function style(colour: boolean): Style {
  const colours = picocolors.createColors(colour);
  return {
    heading: (text) => colours.bold(text),
    quiet: (text) => colours.dim(text),
    severity: {
      critical: (text) => colours.bold(colours.inverse(colours.red(text))),
      error: (text) => colours.bold(colours.red(text)),
      warning: (text) => colours.bold(colours.yellow(text)),
      info: (text) => colours.bold(colours.cyan(text)),
    },
  };
}
