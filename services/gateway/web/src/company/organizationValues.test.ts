import { describe, expect, it } from 'vitest';
import { changesOf } from '@/merging/mergeValues';
import { bodyOf, type OrganizationValues } from './organizationValues';

const BEFORE: OrganizationValues = {
  name: 'Acme',
  tax_id: 'B12345674',
  email: '',
  phone: '',
  website: '',
  iban: '',
  bic: '',
  color: '#0a7a5c',
  time_zone: 'Europe/Madrid',
  address: { street: '', city: '', postal_code: '', province: '', country: 'ES' },
};

const changes = (before: OrganizationValues, after: OrganizationValues) =>
  changesOf(bodyOf(before), bodyOf(after));

describe('what the settings send', () => {
  it('is nothing where nothing was changed', () => {
    expect(changes(BEFORE, { ...BEFORE, address: { ...BEFORE.address } })).toEqual({});
  });

  it('takes an emptied field for none', () => {
    expect(changes(BEFORE, { ...BEFORE, color: ' ', bic: 'CAIXESBBXXX' })).toEqual({
      color: null,
      bic: 'CAIXESBBXXX',
    });
  });

  it('names the time zone that was chosen', () => {
    expect(changes(BEFORE, { ...BEFORE, time_zone: 'Atlantic/Canary' })).toEqual({
      time_zone: 'Atlantic/Canary',
    });
  });

  it('leaves an empty name to the server, which refuses it', () => {
    expect(changes(BEFORE, { ...BEFORE, name: ' ' })).toEqual({ name: '' });
  });

  it('takes an address whole, or not at all', () => {
    const address = { ...BEFORE.address, street: 'Gran Vía 1', city: 'Madrid' };
    expect(changes(BEFORE, { ...BEFORE, address })).toEqual({
      address: { street: 'Gran Vía 1', city: 'Madrid', postal_code: null, province: null, country: 'ES' },
    });
    expect(changes({ ...BEFORE, address }, BEFORE)).toEqual({ address: null });
  });
});
