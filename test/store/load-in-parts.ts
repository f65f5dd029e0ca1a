/**
 * A load as a process of its own, which can be killed: `node --import jiti/register load-in-parts.ts FOLDER STORE BYTES`. It says when
 * it begins, so that whoever kills it does not hit Node's own start.
 */
import { loadIntoStore } from '../../src/store/load.ts';

const [folder = '', store = '', bytes = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
await loadIntoStore(store, { paths: [folder], bytesAtATime: Number(bytes) });
