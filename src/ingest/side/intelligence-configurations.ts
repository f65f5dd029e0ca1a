import { fingerprint } from '../content-hash.ts';
import type { SideRow, SideShape } from '../entry.ts';
import { integer, list, object, reader, text } from '../fields.ts';
import { sideShape } from './side-shape.ts';

const ruleReader = reader({ operators: [], triggers: [] });
const operatorReader = reader({ id: ['operatorId'] });
const triggerReader = reader({ on: [] });

/** A configuration of Conversational Intelligence with its rules. */
export const intelligenceConfigurations: SideShape = sideShape(
  'intelligence-configurations',
  'intelligence-configuration',
  (view, time, fields) => {
    const key = {
      account_id: text(view.accountId),
      intelligence_configuration_id: text(view.id),
      snapshot_id: fingerprint(fields),
    };
    const createdAt = time('createdAt', view.createdAt);
    const rules = list(view.rules).map((each, at): SideRow => {
      const rule = ruleReader.read(object(each) ?? {});
      return {
        table: 'intelligence_rules',
        row: {
          ...key,
          position: at + 1,
          operator_ids: texts(rule.operators, (operator) => operatorReader.read(operator).id),
          triggers: texts(rule.triggers, (trigger) => triggerReader.read(trigger).on),
        },
      };
    });
    return [
      {
        table: 'intelligence_configurations',
        row: {
          ...key,
          display_name: text(view.displayName),
          version: integer(view.version),
          recorded_at: time('updatedAt', view.updatedAt) ?? createdAt,
        },
      },
      ...rules,
    ];
  },
);

/** The text in each object of a list, or the elements where they are text themselves. */
function texts(given: unknown, read: (fields: Readonly<Record<string, unknown>>) => unknown): readonly string[] {
  return list(given).flatMap((each) => {
    const fields = object(each);
    const found = text(fields === null ? each : read(fields));
    return found === null ? [] : [found];
  });
}
