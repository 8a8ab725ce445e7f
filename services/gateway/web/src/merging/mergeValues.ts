/** What two people made of the same starting point, put together field by field. */
export type Merged<Values> = {
  values: Values;
  /** Fields that both changed, to different things: `values` has ours. */
  conflicts: (keyof Values & string)[];
};

/** What somebody else saved meanwhile, and the fields in which that is another thing than ours. */
export type Conflict<Values> = { theirs: Values; fields: Merged<Values>['conflicts'] };

export function mergeValues<Values extends object>(
  base: Values,
  mine: Values,
  theirs: Values,
): Merged<Values> {
  const values = { ...theirs };
  const conflicts: Merged<Values>['conflicts'] = [];
  for (const field of fieldsOf(mine)) {
    if (isSame(mine[field], base[field])) continue;
    values[field] = mine[field];
    if (!isSame(theirs[field], base[field]) && !isSame(theirs[field], mine[field])) conflicts.push(field);
  }
  return { values, conflicts };
}

/** The fields of `now` that differ from `before`. */
export function changesOf<Values extends object>(before: Values, now: Values): Partial<Values> {
  const changes: Partial<Values> = {};
  for (const field of fieldsOf(now)) if (!isSame(before[field], now[field])) changes[field] = now[field];
  return changes;
}

function fieldsOf<Values extends object>(values: Values): (keyof Values & string)[] {
  return Object.keys(values) as (keyof Values & string)[];
}

/** Lists and objects by what is in them. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
