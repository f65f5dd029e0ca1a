import type { SideShape } from '../entry.ts';
import { text } from '../fields.ts';
import { sideShape } from './side-shape.ts';

/** A memory store. */
export const stores: SideShape = sideShape('stores', 'store', (view, time) => {
  const createdAt = time('createdAt', view.createdAt);
  return [
    {
      table: 'stores',
      row: {
        account_id: text(view.accountId),
        store_id: text(view.id),
        display_name: text(view.displayName),
        status: text(view.status),
        recorded_at: time('updatedAt', view.updatedAt) ?? createdAt,
      },
    },
  ];
});
