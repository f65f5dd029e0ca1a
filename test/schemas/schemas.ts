import { z } from 'zod';
import { headerSchema } from '../../src/rules/header.ts';

/** A file that editors complete and check files of rules and settings with. */
type SchemaFile = { readonly file: string; readonly title: string; readonly schema: z.ZodType };

const schemaFiles: readonly SchemaFile[] = [
  { file: 'rule-header.schema.json', title: 'The header of a postlude rule', schema: headerSchema },
];

/** The text of each file of `schemas`, made from the schema that checks what people write: so that the two cannot differ. */
export function schemaTexts(): ReadonlyMap<string, string> {
  return new Map(
    schemaFiles.map(({ file, title, schema }) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, {
        io: 'input',
        // Text that is not there is empty text to the code, but nothing that anybody would write.
        override: ({ jsonSchema }) => {
          if (jsonSchema.default === '') delete jsonSchema.default;
        },
      });
      return [file, `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`];
    }),
  );
}
