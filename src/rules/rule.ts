import type { Locate } from './checked-yaml.ts';
import type { Header } from './header.ts';

/** A rule file that was read and whose header is right. Its SQL has not been looked at yet. */
export type Rule = {
  /** The path in its folder of rules, without the ending: `voice/silent-call`. */
  readonly id: string;
  /** The `.sql` file as the user would type it. */
  readonly file: string;
  /** The whole text of the file; `sql` is the part of it behind the header, from character `sqlOffset` on. */
  readonly text: string;
  readonly sql: string;
  readonly sqlOffset: number;
  readonly header: Header;
  /** The place of a key of the header, for messages. */
  readonly locate: Locate;
  /** The `.ts` file of the same name. */
  readonly predicateFile?: string;
  /** The `.cases.yaml` file of the same name. */
  readonly casesFile?: string;
};
