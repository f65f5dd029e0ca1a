/** Preloaded into a tried process (`node --import`): tells the file named by USAGE_FILE its peak memory in kB, and its seconds on the processor. */
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  if (process.env.USAGE_FILE) {
    writeFileSync(process.env.USAGE_FILE, JSON.stringify({ peak: maxRSS, busy: (userCPUTime + systemCPUTime) / 1e6 }));
  }
});
