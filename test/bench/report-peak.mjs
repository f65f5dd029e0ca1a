/** Preloaded into a measured process (`node --import`): tells its peak memory in kB to the file named by PEAK_FILE. */
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  if (process.env.PEAK_FILE) writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS));
});
