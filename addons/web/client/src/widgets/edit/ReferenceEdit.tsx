/** A link to a record of one of several models: choose which, then the record by its name. */
import { useQueries } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useBoot } from '../../rpc/boot';
import { describe } from '../../rpc/records';
import type { Boot, MenuItem, Ref } from '../../rpc/types';
import { Hidden } from '../Chip';
import type { EditProps } from '../types';
import { Many2oneEdit } from './Many2oneEdit';

/** The app whose models are about the system itself. */
const SETTINGS = 'base';

const actionsOf = (menus: readonly MenuItem[]): string[] =>
  menus.flatMap((menu) => [...(menu.action ? [menu.action] : []), ...actionsOf(menu.menus ?? [])]);

/** The models that a field leads to; where it may be any, those with a list in the person's menus, without settings. */
export function offered(boot: Boot, models: readonly string[] | null | undefined): string[] {
  if (models) return [...new Set(models)];
  const actions = actionsOf(boot.apps.filter((app) => app.id !== SETTINGS)).map((id) => boot.actions[id]);
  return [...new Set(actions.flatMap((action) => (action?.views.includes('list') ? [action.model] : [])))];
}

/** Their labels; what the person may not use at all has none and is not offered. */
function useLabels(models: readonly string[]): Map<string, string> {
  const answers = useQueries({
    queries: models.map((model) => ({
      queryKey: ['described', model],
      queryFn: () => describe(model),
      staleTime: 5 * 60_000,
      retry: false,
    })),
  });
  return new Map(answers.flatMap(({ data }) => (data?.access.read ? [[data.model, data.label] as const] : [])));
}

export default function ReferenceEdit(props: EditProps): ReactNode {
  const { field, label, value, onChange } = props;
  const ref = (value ?? null) as (Ref & { model?: string }) | null;
  const labels = useLabels(offered(useBoot(), field.models));
  const [chosen, choose] = useState('');
  const model = ref?.model ?? (chosen || (labels.keys().next().value ?? ''));
  if (ref?.hidden)
    return (
      <span className="tn-input tn-input-text" id={props.id}>
        <Hidden />
      </span>
    );
  if (ref?.model && !labels.has(ref.model)) labels.set(ref.model, ref.model);
  return (
    <span className="tn-input-pair tn-reference">
      {labels.size > 1 && (
        <select
          className="tn-select"
          aria-label={`${label}, kind of record`}
          value={model}
          onChange={(event) => {
            choose(event.target.value);
            if (ref) onChange(null);
          }}
        >
          {[...labels].map(([name, text]) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </select>
      )}
      <Many2oneEdit
        {...props}
        key={model}
        field={{ ...field, comodel: model }}
        onChange={(next) => onChange(next ? { model, ...(next as Ref) } : null)}
      />
    </span>
  );
}
