import { DuckDBArrayType, DuckDBListType, DuckDBStructType, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import { identifier } from '../session.ts';
import { decoderOf } from './decode.ts';

const numbers: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.FLOAT,
  DuckDBTypeId.DOUBLE,
]);
const bigints: ReadonlySet<DuckDBTypeId> = new Set([DuckDBTypeId.BIGINT, DuckDBTypeId.UBIGINT]);
const dates: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.DATE,
  DuckDBTypeId.TIMESTAMP,
  DuckDBTypeId.TIMESTAMP_TZ,
]);

const castToDouble: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.DECIMAL,
]);
const castToTimestamp: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TIMESTAMP_S,
  DuckDBTypeId.TIMESTAMP_MS,
  DuckDBTypeId.TIMESTAMP_NS,
]);

/**
 * The type, as SQL, that a column is cast to on its way out; undefined where it is carried as it is.
 * HUGEINT and DECIMAL become DOUBLE, fixed arrays become lists, and whatever else has no place in Arrow becomes VARCHAR.
 */
export function castOf(type: DuckDBType): string | undefined {
  if (decoderOf(type) !== undefined) return undefined;
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType) return `${outgoing(type.valueType)}[]`;
  if (isNamedStruct(type)) {
    const fields = type.entryTypes.map(
      (entry, index) => `${identifier(type.entryNames[index] ?? '')} ${outgoing(entry)}`,
    );
    return `STRUCT(${fields.join(', ')})`;
  }
  if (castToDouble.has(type.typeId)) return 'DOUBLE';
  if (castToTimestamp.has(type.typeId)) return 'TIMESTAMP';
  return 'VARCHAR';
}

function outgoing(type: DuckDBType): string {
  return castOf(type) ?? type.toString();
}

/** DuckDB's name of the type, which unlike `toString` tells JSON from VARCHAR. */
export function typeText(type: DuckDBType): string {
  if (type instanceof DuckDBListType) return `${typeText(type.valueType)}[]`;
  if (isNamedStruct(type)) {
    const fields = type.entryTypes.map(
      (entry, index) => `${identifier(type.entryNames[index] ?? '')} ${typeText(entry)}`,
    );
    return `STRUCT(${fields.join(', ')})`;
  }
  return type.alias ?? type.toString();
}

/**
 * The TypeScript type of what `rowReader` makes of a column: `string | null`, `readonly (bigint | null)[] | null`, …
 * It names `Interval` where there is one.
 * @param margin what stands before the line that it begins on: objects then have a line for each field
 */
export function typeScriptType(type: DuckDBType, margin?: string): string {
  return type.typeId === DuckDBTypeId.SQLNULL ? 'null' : `${presentType(type, margin)} | null`;
}

function presentType(type: DuckDBType, margin: string | undefined): string {
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType) {
    return `readonly (${typeScriptType(type.valueType, margin)})[]`;
  }
  if (isNamedStruct(type)) {
    const inner = margin === undefined ? undefined : `${margin}  `;
    const fields = type.entryTypes.map(
      (entry, index) => `readonly ${propertyName(type.entryNames[index] ?? '')}: ${typeScriptType(entry, inner)}`,
    );
    return inner === undefined
      ? `{ ${fields.join('; ')} }`
      : `{\n${fields.map((field) => `${inner}${field};\n`).join('')}${margin}}`;
  }
  if (type.typeId === DuckDBTypeId.BOOLEAN) return 'boolean';
  if (type.typeId === DuckDBTypeId.INTERVAL) return 'Interval';
  if (bigints.has(type.typeId)) return 'bigint';
  if (numbers.has(type.typeId) || castToDouble.has(type.typeId)) return 'number';
  if (dates.has(type.typeId) || castToTimestamp.has(type.typeId)) return 'Date';
  return 'string';
}

/** A name as the key of an object type: as it is where it can stand so. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/u.test(name) ? name : JSON.stringify(name);
}

function isNamedStruct(type: DuckDBType): type is DuckDBStructType {
  return type instanceof DuckDBStructType && !type.entryNames.includes('');
}
