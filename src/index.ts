/** The public API: what the predicate of a rule imports from `postlude`. */
export { type Interval, intervalMs } from './engine/arrow/rows.ts';
export { type AddressOptions, isE164, normaliseAddress, sharesAddress, toE164 } from './rules/authoring/address.ts';
export { type Item, present } from './rules/authoring/present.ts';
export { classifyReason, httpStatus, type ReasonClass } from './rules/authoring/reason.ts';
export type { ParamValue } from './rules/params.ts';
export {
  type Change,
  type EvidenceEvent,
  type Params,
  type Predicate,
  predicate,
  type Verdict,
} from './rules/predicate.ts';
export { type Certainty, isSubjectType, type Severity, type SubjectType } from './rules/vocabulary.ts';
