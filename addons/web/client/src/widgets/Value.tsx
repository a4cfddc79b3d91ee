/** A value to be read: in a list's cell, on a card, in a readonly field. */
import { Check } from 'lucide-react';
import { type ComponentType, type ReactNode } from 'react';
import { Boundary } from '../registry/Boundary';
import { useEntry } from '../registry/registry';
import { useBoot } from '../rpc/boot';
import type { FieldInfo, Rec, Ref, Values } from '../rpc/types';
import { unset } from '../domain/compare';
import { todayIn } from '../domain';
import type { Item } from '../views/data';
import { markOf } from '../views/marks';
import { Avatar } from './Avatar';
import { Dot, Hidden, RecordChip, Tags } from './Chip';
import { currencyOf } from './currency';
import {
  exactDay,
  exactMoment,
  formatDuration,
  formatMoney,
  formatNumber,
  formDay,
  formMoment,
  relativeDay,
  relativeMoment,
} from './format';
import { fileOf } from './files';
import { FileName, Picture } from './FileValue';
import { shownEnds } from './ranges';
import { SecretState } from './SecretState';
import type { WidgetProps } from './types';

export interface ValueProps {
  field: FieldInfo;
  item?: Item;
  value: unknown;
  record: Rec | Values;
  /** No chips, no hover cards, no links: inside something that is itself clicked. */
  quiet?: boolean;
  /** Exact dates instead of relative ones. */
  exact?: boolean;
}

export const isNumeric = (field: FieldInfo | undefined): boolean =>
  /^(integer|float|decimal|money|duration)$/.test(field?.type ?? '');

/** A date by which something is to be done: past is red, today is the accent. */
export function isDue(field: FieldInfo, item?: Item, record?: Rec | Values): boolean {
  if (record?.['done'] === true) return false;
  return item?.widget === 'due' || /(^|_)(due|deadline)(_|$)|next_activity/.test(field.name);
}

/** A state is shown with a dot; other choices are words. */
export const isState = (field: FieldInfo, item?: Item): boolean =>
  item?.widget === 'status' || /^(state|status|stage|kind|health|lifecycle|priority)$/.test(field.name);

export function Money({
  value,
  field,
  record,
}: {
  value: unknown;
  field?: FieldInfo;
  record?: Rec | Values;
}): ReactNode {
  const boot = useBoot();
  const { before, digits, after } = formatMoney(value, currencyOf(boot, field, record), boot.user.language);
  return (
    <span className="tn-amount" data-zero={Number(value) === 0 || undefined}>
      {before && <span className="tn-unit">{before}</span>}
      {digits}
      {after && <span className="tn-unit">{after}</span>}
    </span>
  );
}

export function Day({
  value,
  due = false,
  exact = false,
}: {
  value: string;
  due?: boolean;
  exact?: boolean;
}): ReactNode {
  const { user } = useBoot();
  const today = todayIn(user.tz);
  const locale = { language: user.language, zone: user.tz };
  const day = value.slice(0, 10);
  const state = !due ? undefined : day < today ? 'late' : day === today ? 'today' : undefined;
  return (
    <time className="tn-day" dateTime={value} data-state={state} title={exactDay(day, locale)}>
      {exact ? formDay(day, locale) : relativeDay(day, today, locale)}
    </time>
  );
}

function Moment({ value, exact = false }: { value: string; exact?: boolean }): ReactNode {
  const { user } = useBoot();
  const locale = { language: user.language, zone: user.tz };
  return (
    <time className="tn-day" dateTime={value} title={exactMoment(value, locale)}>
      {exact ? formMoment(value, locale) : relativeMoment(value, new Date(), locale)}
    </time>
  );
}

const LINKS: Record<string, (text: string) => string> = {
  email: (text) => `mailto:${text}`,
  phone: (text) => `tel:${text.replace(/[^\d+]/g, '')}`,
  url: (text) => (/^https?:\/\//i.test(text) ? text : `https://${text}`),
};
/** What a text is, by its widget or by its name; only these become links. */
export function linkKind(field: FieldInfo, item?: Item): string | null {
  if (item?.widget && item.widget in LINKS) return item.widget;
  if (field.type !== 'char') return null;
  if (/(^|_)e?mail(_|$)/.test(field.name)) return 'email';
  if (/(^|_)(phone|mobile)(_|$)/.test(field.name)) return 'phone';
  return /(^|_)(website|url|domain)(_|$)/.test(field.name) ? 'url' : null;
}

export function LinkText({ kind, text }: { kind: string; text: string }): ReactNode {
  const outside = kind === 'url';
  return (
    <a
      className="tn-link tn-cut"
      href={LINKS[kind]?.(text)}
      onClick={(event) => event.stopPropagation()}
      tabIndex={-1}
      {...(outside ? { target: '_blank', rel: 'noreferrer' } : {})}
    >
      {text}
    </a>
  );
}

/** A state's label and its place among the states. */
export function choiceOf(field: FieldInfo, value: unknown): { label: string; index: number } {
  const index = field.selection?.findIndex(([key]) => key === value) ?? -1;
  return { label: field.selection?.[index]?.[1] ?? String(value), index };
}

function One({ field, item, value, quiet }: ValueProps): ReactNode {
  const ref = value as Ref;
  if (ref.hidden) return <Hidden />;
  if (isState(field, item)) return <Dot label={ref.title ?? ''} />;
  const model = field.comodel ?? '';
  const mark = markOf(model);
  if (!quiet) return <RecordChip value={ref} model={model} mark={mark} />;
  if (item?.widget !== 'chip' || !mark) return <span className="tn-cut">{ref.title}</span>;
  return (
    <span className="tn-with-mark">
      <Avatar title={ref.title ?? ''} size={16} square={mark === 'organisation'} />
      <span className="tn-cut">{ref.title}</span>
    </span>
  );
}

function Range({ value, type }: { value: unknown; type: string }): ReactNode {
  const [from, to] = shownEnds(value, type);
  const end = (at: string): ReactNode =>
    type === 'daterange' ? <Day value={at} exact /> : <Moment value={at} exact />;
  if (from !== null && from === to) return end(from);
  return (
    <span className="tn-cut">
      {from === null ? 'until ' : to === null ? 'from ' : null}
      {from !== null && end(from)}
      {from !== null && to !== null && ' – '}
      {to !== null && end(to)}
    </span>
  );
}

function Referred({ value, quiet }: { value: Ref; quiet?: boolean }): ReactNode {
  if (value.hidden || value.id === null) return <Hidden />;
  const model = String(value['model'] ?? '');
  if (quiet) return <span className="tn-cut">{value.title}</span>;
  return <RecordChip value={value} model={model} mark={markOf(model)} />;
}

function Attached({
  value,
  label,
  image,
  exact,
  quiet,
}: {
  value: unknown;
  label: string;
  image: boolean;
  exact?: boolean;
  quiet?: boolean;
}): ReactNode {
  const file = fileOf(value);
  if (!file) return null;
  return image ? <Picture file={file} side={exact ? 96 : 24} label={label} /> : <FileName file={file} quiet={quiet} />;
}

const strip = (html: string): string => new DOMParser().parseFromString(html, 'text/html').body.textContent ?? '';

function Plain(props: ValueProps): ReactNode {
  const { field, item, value, record, quiet, exact } = props;
  const { user } = useBoot();
  if (field.secret) return <SecretState set={!unset(value)} />;
  if (item?.widget === 'percent')
    return (
      <span>
        {formatNumber(value, user.language)}
        <span className="tn-unit"> %</span>
      </span>
    );
  if (item?.widget === 'status' && typeof value === 'string' && field.type === 'char') return <Dot label={value} />;
  switch (field.type) {
    case 'money':
      return <Money value={value} field={field} record={record} />;
    case 'integer':
    case 'float':
      return <span>{formatNumber(value, user.language)}</span>;
    case 'decimal':
      return <span>{formatNumber(value, user.language, field.digits?.[1])}</span>;
    case 'duration':
      return <span className="tn-amount">{formatDuration(value)}</span>;
    case 'boolean':
      return value ? <Check size={15} className="tn-yes" aria-label="Yes" /> : <span className="tn-sr">No</span>;
    case 'date':
      return <Day value={String(value)} due={isDue(field, item, record)} exact={exact} />;
    case 'datetime':
      return <Moment value={String(value)} exact={exact} />;
    case 'daterange':
    case 'datetimerange':
      return <Range value={value} type={field.type} />;
    case 'reference':
      return <Referred value={value as Ref} quiet={quiet} />;
    case 'binary':
    case 'image':
      return <Attached value={value} label={field.label} image={field.type === 'image'} exact={exact} quiet={quiet} />;
    case 'selection':
      return isState(field, item) ? (
        <Dot {...choiceOf(field, value)} name={String(value)} />
      ) : (
        <span className="tn-cut">{choiceOf(field, value).label}</span>
      );
    case 'many2one':
      return <One {...props} />;
    case 'many2many':
      return <Tags values={value as Ref[]} />;
    case 'one2many':
      return <span className="tn-num">{(value as unknown[]).length}</span>;
    case 'html':
      return <span className="tn-cut">{strip(String(value))}</span>;
    case 'json':
      return <code className="tn-cut">{JSON.stringify(value)}</code>;
    default: {
      const kind = quiet ? null : linkKind(field, item);
      return kind ? <LinkText kind={kind} text={String(value)} /> : <span className="tn-cut">{String(value)}</span>;
    }
  }
}

/** The value in its own shape; nothing where it is unset. An addon's widget comes first. */
export function Value(props: ValueProps): ReactNode {
  const { item, field, value, record } = props;
  const Added = useEntry<ComponentType<WidgetProps>>('widgets', item?.widget);
  if (Added) {
    return (
      <Boundary name={item?.widget ?? ''}>
        <Added value={value} record={record} field={field} readonly onChange={() => undefined} />
      </Boundary>
    );
  }
  // A hidden record has no id, and yet something is there.
  if (unset(value) && !field.secret && !(value as Ref | null)?.hidden) return null;
  return <Plain {...props} />;
}
