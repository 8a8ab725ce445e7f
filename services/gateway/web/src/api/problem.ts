import type { components } from './schema';

type Problem = components['schemas']['Problem'];
export type FieldProblem = components['schemas']['FieldProblem'];

/** What the server answered instead of what was asked for (RFC 9457), or that it could not be reached (status 0). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: FieldProblem[];

  constructor(problem: Partial<Problem> & { status: number }) {
    super(problem.detail ?? problem.title ?? 'The server did not answer.');
    this.name = 'ApiProblem';
    this.status = problem.status;
    this.code = problem.code ?? 'unreachable';
    this.errors = problem.errors ?? [];
  }
}

export function isStale(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 412;
}

export function isUnauthenticated(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 401;
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof ApiProblem && error.code === code;
}
