/** The form itself: title, stepper, sections, tabs. The same on a page and in a dialog. */
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { TriangleAlert } from 'lucide-react';
import type { Scope } from '../../domain';
import type { Section as SectionData } from '../data';
import type { FormApi } from './api';
import { Field, isReadonly, isVisible } from './Field';
import { LinesTable } from './LinesTable';
import { StatusBar } from './StatusBar';
import { Title } from './Title';
import './form.css';

interface Props {
  form: FormApi;
  scope: Scope;
  /** In a dialog everything stands in one column. */
  narrow?: boolean;
}

function Section({ form, section, scope, narrow }: Props & { section: SectionData }): ReactNode {
  if (!isVisible(section, form, scope)) return null;
  const items = section.fields.filter((item) => isVisible(item, form, scope));
  if (items.length === 0) return null;
  return (
    <section className="tn-section" aria-label={section.title || undefined}>
      {section.title && <h2>{section.title}</h2>}
      <div className="tn-fields" data-columns={narrow ? 1 : section.columns}>
        {items.map((item) =>
          form.views.fields[item.name]?.type === 'one2many' ? (
            <LinesTable key={item.name} form={form} item={item} readonly={isReadonly(item, form, scope)} />
          ) : (
            <Field key={item.name} form={form} item={item} scope={scope} />
          ),
        )}
      </div>
    </section>
  );
}

/** How many lines a tab holds, where it holds lines. */
function countOf(tab: SectionData, form: FormApi): number | null {
  const lines = tab.fields
    .map((item) => form.values[item.name])
    .filter((value, at) => {
      const type = form.views.fields[tab.fields[at]?.name ?? '']?.type;
      return (type === 'one2many' || type === 'many2many') && Array.isArray(value);
    }) as unknown[][];
  return lines.length ? lines.reduce((sum, each) => sum + each.length, 0) : null;
}

function TabBody({ form, tab, scope }: { form: FormApi; tab: SectionData; scope: Scope }): ReactNode {
  const plain = tab.fields.filter((item) => form.views.fields[item.name]?.type !== 'one2many');
  const lines = tab.fields.filter(
    (item) => form.views.fields[item.name]?.type === 'one2many' && isVisible(item, form, scope),
  );
  const alone = plain.length === 1 && lines.length === 0;
  return (
    <>
      {plain.length > 0 && (
        <div className="tn-fields" data-columns={alone ? 1 : tab.columns}>
          {plain.map((item) => (
            <Field key={item.name} form={form} item={item} scope={scope} bare={alone} />
          ))}
        </div>
      )}
      {lines.map((item) => (
        <LinesTable
          key={item.name}
          form={form}
          item={item}
          readonly={isReadonly(item, form, scope)}
          titled={lines.length > 1}
        />
      ))}
    </>
  );
}

function Tabs({ form, scope }: Props): ReactNode {
  const tabs = form.views.form.tabs.filter((tab) => isVisible(tab, form, scope) && tab.fields.length > 0);
  const [chosen, choose] = useState(tabs[0]?.id ?? '');
  const tab = tabs.find((each) => each.id === chosen) ?? tabs[0];
  if (!tab) return null;
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    if (!next) return;
    choose(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <div className="tn-tabs">
      <div role="tablist" onKeyDown={onKey}>
        {tabs.map((each) => {
          const count = countOf(each, form);
          return (
            <button
              key={each.id}
              id={`tab-${each.id}`}
              type="button"
              role="tab"
              aria-selected={each === tab}
              aria-controls={`panel-${each.id}`}
              tabIndex={each === tab ? 0 : -1}
              onClick={() => choose(each.id)}
            >
              {each.title}
              {Boolean(count) && <span className="tn-tab-count">{count}</span>}
            </button>
          );
        })}
      </div>
      <div key={tab.id} role="tabpanel" id={`panel-${tab.id}`} aria-labelledby={`tab-${tab.id}`} className="tn-tab">
        <TabBody form={form} tab={tab} scope={scope} />
      </div>
    </div>
  );
}

export function FormBody({ form, scope, narrow }: Props): ReactNode {
  const { form: data } = form.views;
  return (
    <div className="tn-form-body" data-narrow={narrow || undefined} data-new={form.id === null || undefined}>
      <div className="tn-form-top">
        <Title form={form} />
        {data.status && <StatusBar form={form} name={data.status} />}
      </div>
      {form.state.warnings.map((text) => (
        <p key={text} className="tn-warning">
          <TriangleAlert size={14} aria-hidden />
          {text}
        </p>
      ))}
      {data.sections.map((section) => (
        <Section key={section.id} form={form} section={section} scope={scope} narrow={narrow} />
      ))}
      <Tabs form={form} scope={scope} />
    </div>
  );
}
