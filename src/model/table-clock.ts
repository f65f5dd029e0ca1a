import type { Session } from '../engine/session.ts';

/** How long DuckDB worked for one table, in milliseconds. */
export type TableTime = { readonly name: string; readonly ms: number };

/**
 * Keeps how long DuckDB works for each table. Tables are asked for together, and the queries of one connection wait for each other;
 * what a table waits for the queries of others is not its own. They wait here, since which of several answers comes first does not
 * tell which query was first.
 */
export function tableClock() {
  const spent = new Map<string, number>();
  let turn: Promise<unknown> = Promise.resolve();
  let failure: { readonly thrown: unknown } | null = null;
  return {
    /** The session, for the queries of one table. */
    sessionOf(name: string, session: Session): Session {
      spent.set(name, 0);
      const timed = <Result>(query: () => Promise<Result>): Promise<Result> => {
        const answer = turn.then(async () => {
          // Once a table failed, none is of use any more.
          if (failure !== null) throw failure.thrown;
          const began = performance.now();
          try {
            return await query();
          } catch (thrown) {
            failure = { thrown };
            throw thrown;
          } finally {
            spent.set(name, (spent.get(name) ?? 0) + performance.now() - began);
          }
        });
        turn = answer.catch(() => undefined);
        return answer;
      };
      return {
        ...session,
        run: (sql, params) => timed(() => session.run(sql, params)),
        rows: (schema, sql, params) => timed(() => session.rows(schema, sql, params)),
      };
    },
    times: (): readonly TableTime[] => [...spent].map(([name, ms]) => ({ name, ms })),
  };
}
