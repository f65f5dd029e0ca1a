import type { Plant } from '../plant.ts';
import { capture } from './capture.ts';
import { errors } from './errors.ts';
import { intelligence } from './intelligence.ts';
import { lifecycle } from './lifecycle.ts';
import { memory } from './memory.ts';
import { merge } from './merge.ts';
import { operations } from './operations.ts';
import { profile } from './profile.ts';
import { voice } from './voice.ts';

/** The table of plants: every rule and cause of the catalogue, in the catalogue's order. */
export const plants: readonly Plant[] = [
  ...merge,
  ...voice,
  ...profile,
  ...errors,
  ...capture,
  ...lifecycle,
  ...operations,
  ...memory,
  ...intelligence,
];
