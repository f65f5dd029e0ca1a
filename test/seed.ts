/**
 * The seed of all that tests draw by chance, a whole number. The same each time, so that a test that fails does so because of what was
 * changed; `SEED=7 npm run test:all` draws others.
 */
export const seed = Number(process.env.SEED ?? 1);
