import { describe, expect, it } from 'vitest';
import { changesOf, mergeValues } from './mergeValues';

const base = { name: 'Acme', emails: ['a@acme.example'], city: 'Madrid' };

describe('mergeValues', () => {
  it('takes the other side where only it changed', () => {
    const merged = mergeValues(base, { ...base, name: 'Acme SL' }, { ...base, city: 'Lugo' });
    expect(merged).toEqual({ values: { ...base, name: 'Acme SL', city: 'Lugo' }, conflicts: [] });
  });

  it('keeps ours and says so where both changed', () => {
    const merged = mergeValues(base, { ...base, name: 'Acme SL' }, { ...base, name: 'Acme SA' });
    expect(merged).toEqual({ values: { ...base, name: 'Acme SL' }, conflicts: ['name'] });
  });

  it('sees no conflict where both made the same change', () => {
    const changed = { ...base, emails: ['b@acme.example'] };
    expect(mergeValues(base, changed, structuredClone(changed)).conflicts).toEqual([]);
  });
});

describe('changesOf', () => {
  it('names only what differs, lists by what is in them', () => {
    expect(changesOf(base, { ...base, emails: ['a@acme.example'], city: 'Lugo' })).toEqual({ city: 'Lugo' });
  });
});
