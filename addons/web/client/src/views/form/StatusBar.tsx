/** Where the record stands, as steps; a step is a button that moves it there. */
import { Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Check, ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { client, keys, viewsQuery } from '../../rpc/queries';
import { searchRead } from '../../rpc/records';
import type { FieldInfo } from '../../rpc/types';
import { Dot } from '../../widgets/Chip';
import { toneOf } from '../../widgets/tone';
import type { FormApi } from './api';
import { idOf } from './values';

interface Step {
  key: unknown;
  title: string;
}
const MOST = 20;

async function stepsOf(field: FieldInfo): Promise<Step[]> {
  if (!field.comodel) return [];
  const views = await client.fetchQuery(viewsQuery(field.comodel));
  const page = await searchRead(field.comodel, { domain: [], spec: { [views.title]: {} }, limit: MOST, offset: 0 });
  return page.records.map((record) => ({ key: record.id, title: String(record[views.title] ?? '') }));
}

function useSteps(field: FieldInfo | undefined): Step[] {
  const related = useQuery({
    queryKey: keys.rows(field?.comodel ?? '', 'steps'),
    queryFn: () => (field ? stepsOf(field) : []),
    enabled: Boolean(field?.comodel),
    staleTime: 60_000,
  });
  if (field?.selection) return field.selection.map(([key, title]) => ({ key, title }));
  return related.data ?? [];
}

export function StatusBar({ form, name }: { form: FormApi; name: string }): ReactNode {
  const field = form.views.fields[name];
  const steps = useSteps(field);
  const current = steps.findIndex((step) => step.key === idOf(form.values[name]));
  if (!field || steps.length === 0) return null;
  const readonly = form.readonly || Boolean(field.readonly);
  const go = (step: Step): void => form.commit(name, field.comodel ? { id: step.key, title: step.title } : step.key);
  const tone = toneOf(String(steps[current]?.key ?? ''), steps[current]?.title) ?? 'accent';
  const failed = form.state.errors[name];
  return (
    <div className="tn-status-wrap">
      <ol className="tn-status" aria-label={field.label} data-tone={tone}>
        {steps.map((step, at) => (
          <li key={String(step.key)} data-state={at < current ? 'past' : at === current ? 'current' : 'next'}>
            <button
              type="button"
              disabled={readonly}
              aria-current={at === current ? 'step' : undefined}
              title={step.title}
              onClick={() => at !== current && go(step)}
            >
              <span className="tn-cut">{step.title}</span>
            </button>
          </li>
        ))}
      </ol>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <button
            type="button"
            className="tn-btn tn-status-small"
            disabled={readonly}
            aria-label={`${field.label}: ${steps[current]?.title ?? 'none'}`}
          >
            <Dot
              label={steps[current]?.title ?? 'None'}
              name={String(steps[current]?.key ?? '')}
              index={Math.max(current, 0)}
            />
            <ChevronDown size={13} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {steps.map((step, at) => (
            <Menu.Item
              key={String(step.key)}
              rightSection={at === current ? <Check size={14} /> : undefined}
              onClick={() => at !== current && go(step)}
            >
              {step.title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {failed && (
        <span className="tn-error" role="alert">
          {failed}
        </span>
      )}
    </div>
  );
}
