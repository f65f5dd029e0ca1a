import type { Plant } from '../plant.ts';
import { merge } from './merge.ts';
import { profile } from './profile.ts';
import { voice } from './voice.ts';

/** The table of plants: every rule and cause of the catalogue, in the catalogue's order. */
export const plants: readonly Plant[] = [...merge, ...voice, ...profile];
