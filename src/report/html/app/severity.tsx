import { type Severity, severities } from '../../../rules/vocabulary.ts';

export const worstFirst: readonly Severity[] = severities.toReversed();

/** A shape of its own for each, so that colour is not all that tells them apart. */
export function SeverityMark({ severity }: { readonly severity: Severity }) {
  return (
    <svg class={`mark ${severity}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      {shapeOf(severity)}
    </svg>
  );
}

function shapeOf(severity: Severity) {
  switch (severity) {
    case 'critical':
      return <path d="M3.5 .5h5l3 3v5l-3 3h-5l-3-3v-5z" />;
    case 'error':
      return <circle cx="6" cy="6" r="5" />;
    case 'warning':
      return <path d="M6 .8 11.6 11H.4z" />;
    case 'info':
      return <rect x="1.75" y="1.75" width="8.5" height="8.5" rx="1.5" class="hollow" />;
  }
}
