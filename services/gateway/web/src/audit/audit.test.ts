import { describe, expect, it } from 'vitest';
import type { AuditAction, AuditReason } from '@/api/types';
import { auditTexts as ca } from '@/app/texts/audit/ca';
import { auditTexts as en } from '@/app/texts/audit/en';
import { auditTexts as es } from '@/app/texts/audit/es';
import { sentenceOf } from './audit';

const LANGUAGES = { es, en, ca };
const ACTIONS = Object.keys(es.sentences) as AuditAction[];
const REASONS = Object.keys(es.reasons) as AuditReason[];

const entryOf = (action: AuditAction) => ({
  id: '1',
  at: '2026-11-28T10:00:00Z',
  action,
  actor: { kind: 'user' as const, id: '2', name: 'Ana' },
  subject: { kind: 'user' as const, id: '3', name: 'Eva' },
  reason: null,
  changes: [],
  address: null,
  user_agent: null,
  times: 1,
});

describe.each(Object.entries(LANGUAGES))('in %s', (_, texts) => {
  it.each(ACTIONS)('%s is a sentence that names somebody', (action) => {
    const said = sentenceOf(entryOf(action), texts);
    expect(said).toMatch(/^\p{Lu}/u);
    expect(said).toMatch(/Ana|Eva/);
    expect(said).not.toMatch(/undefined|null|_/);
    expect(Object.keys(texts.groups)).toContain(action.split('.')[0]);
  });

  it.each(REASONS)('%s goes on after it', (reason) => {
    expect(texts.reasons[reason]).toMatch(/^(\p{Ll}|e-mail)/u);
  });

  it('has a name for who is not there', () => {
    const nobody = {
      ...entryOf('session.refused'),
      actor: { kind: 'visitor' as const, id: null, name: null },
    };
    expect(sentenceOf({ ...nobody, subject: null }, texts)).toContain(texts.nobody);
    const system = { ...entryOf('user.created'), actor: { kind: 'system' as const, id: null, name: null } };
    expect(sentenceOf(system, texts)).toContain(texts.system);
  });
});

it('says it in three languages', () => {
  for (const action of ACTIONS) {
    const said = Object.values(LANGUAGES).map((texts) => sentenceOf(entryOf(action), texts));
    expect(new Set(said).size).toBe(3);
  }
});
