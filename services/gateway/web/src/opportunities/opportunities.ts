import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, done, ifMatch } from '@/api/client';
import { keys } from '@/api/keys';
import type { Opportunity, Pipeline } from '@/api/types';
import { showAtOnce, takeBackOnError } from '@/panel/optimistic';

export type OpportunityFields = {
  title: string;
  pipeline_id: string;
  stage_id: string;
  value: string;
  currency: string;
  probability: number;
  expected_close: string | null;
};

export const pipelinesQuery = queryOptions({
  queryKey: keys.pipelines,
  queryFn: async () =>
    (await dataOf(api.GET('/api/v1/pipelines', { params: { query: { limit: 200 } } }))).items,
  staleTime: 5 * 60_000,
});

/** What the form about it is kept under. */
export function opportunityDraft(contactId: string, opportunity?: Opportunity): string {
  return `opportunity:${opportunity?.id ?? `new:${contactId}`}`;
}

export function stagesOf(pipelines: Pipeline[] | undefined, pipelineId: string): Pipeline['stages'] {
  return pipelines?.find((pipeline) => pipeline.id === pipelineId)?.stages ?? [];
}

export function useOpportunities(contactId: string) {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: keys.contact(contactId) });
  const change = (change: (items: Opportunity[]) => Opportunity[]) =>
    showAtOnce(client, contactId, 'opportunities', (data) => ({ ...data, items: change(data.items) }));
  const hide = (gone: Opportunity) => change((items) => items.filter(({ id }) => id !== gone.id));
  const at = ({ id }: Opportunity) => ({ params: { path: { opportunity_id: id } } });
  return {
    create: useMutation({
      mutationFn: (fields: OpportunityFields) =>
        dataOf(api.POST('/api/v1/opportunities', { body: { contact_id: contactId, ...fields } })),
      onSettled,
    }),
    update: useMutation({
      mutationFn: ({ opportunity, fields }: { opportunity: Opportunity; fields: OpportunityFields }) =>
        dataOf(
          api.PATCH('/api/v1/opportunities/{opportunity_id}', {
            params: { path: { opportunity_id: opportunity.id }, header: ifMatch(opportunity.version) },
            body: fields,
          }),
        ),
      onSettled,
    }),
    move: useMutation({
      mutationFn: ({ opportunity, stage }: { opportunity: Opportunity; stage: Pipeline['stages'][number] }) =>
        dataOf(
          api.PATCH('/api/v1/opportunities/{opportunity_id}', {
            ...at(opportunity),
            body: { stage_id: stage.id },
          }),
        ),
      onMutate: ({ opportunity, stage }) =>
        change((items) =>
          items.map((item) =>
            item.id === opportunity.id
              ? { ...item, stage_id: stage.id, stage_name: stage.name, probability: stage.probability }
              : item,
          ),
        ),
      onError: takeBackOnError,
      onSettled,
    }),
    win: useMutation({
      mutationFn: (opportunity: Opportunity) =>
        dataOf(api.POST('/api/v1/opportunities/{opportunity_id}/win', at(opportunity))),
      onMutate: hide,
      onError: takeBackOnError,
      onSettled,
    }),
    lose: useMutation({
      mutationFn: ({ opportunity, reason }: { opportunity: Opportunity; reason: string }) =>
        dataOf(
          api.POST('/api/v1/opportunities/{opportunity_id}/lose', { ...at(opportunity), body: { reason } }),
        ),
      onSettled,
    }),
    reopen: useMutation({
      mutationFn: (opportunity: Opportunity) =>
        dataOf(api.POST('/api/v1/opportunities/{opportunity_id}/reopen', at(opportunity))),
      onSettled,
    }),
    remove: useMutation({
      mutationFn: (opportunity: Opportunity) =>
        done(api.DELETE('/api/v1/opportunities/{opportunity_id}', at(opportunity))),
      onMutate: hide,
      onError: takeBackOnError,
      onSettled,
    }),
    restore: useMutation({
      mutationFn: (opportunity: Opportunity) =>
        dataOf(api.POST('/api/v1/opportunities/{opportunity_id}/restore', at(opportunity))),
      onSettled,
    }),
  };
}
