/** What an event is, beside it: time, resources, the fields the view names, what can be done, and the way to its form. */
import { Drawer, Popover } from '@mantine/core';
import { ArrowUpRight, Clock, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { matches } from '../../domain';
import { unset } from '../../domain/compare';
import { useBoot, useScope } from '../../rpc/boot';
import { missingFields } from '../../rpc/errors';
import { useStale } from '../../rpc/queries';
import { callMethod } from '../../rpc/records';
import type { ActionResult, Id } from '../../rpc/types';
import { tell } from '../../shell/feedback';
import { Avatar } from '../../widgets/Avatar';
import { Value } from '../../widgets/Value';
import { confirmed, follow } from '../buttons';
import type { Button, ViewSet } from '../data';
import { cardItems } from './data';
import type { CalendarEvent } from './events';
import { lengthText, whenText } from './words';

interface Props {
  event: CalendarEvent;
  views: ViewSet;
  names: (id: Id) => string;
  onOpen: () => void;
  onClose: () => void;
}
/** Where on the screen the card belongs. */
export interface Anchor {
  id: Id;
  box: DOMRect;
  element: HTMLElement;
}

function useButtons({ event, views, onOpen, onClose }: Props): {
  buttons: Button[];
  busy: string;
  press: (button: Button) => Promise<void>;
} {
  const scope = useScope(views.fields);
  const stale = useStale();
  const [busy, setBusy] = useState('');
  const press = async (button: Button): Promise<void> => {
    if (!(await confirmed(button))) return;
    setBusy(button.method);
    try {
      const answer = await callMethod<{ action?: ActionResult } | null>(views.model, button.method, [event.id]);
      stale(views.model);
      onClose();
      follow(answer?.action);
    } catch (error) {
      // What is missing is filled in on the form, which asks for it.
      if (missingFields(error).length) onOpen();
      tell(error);
    } finally {
      setBusy('');
    }
  };
  return { buttons: views.form.buttons.filter((button) => matches(button.visible, event.record, scope)), busy, press };
}

function Body(props: Props): ReactNode {
  const { event, views, names, onOpen, onClose } = props;
  const { user } = useBoot();
  const zone = user.tz || undefined;
  const { buttons, busy, press } = useButtons(props);
  const items = cardItems(views).filter((item) => views.fields[item.name] && !unset(event.record[item.name]));
  const style = event.hue === null ? {} : { '--hue': event.hue };
  return (
    <div className="tn-event-card" style={style as React.CSSProperties}>
      <header>
        <i className="tn-event-mark" data-plain={event.hue === null || undefined} aria-hidden />
        <div>
          <h2>{event.title}</h2>
          {event.kind && <p>{event.kind}</p>}
        </div>
        <button type="button" className="tn-btn tn-event-open" data-kind="quiet" data-autofocus onClick={onOpen}>
          Open
          <ArrowUpRight size={14} aria-hidden />
        </button>
        <button type="button" className="tn-icon-btn" aria-label="Close" onClick={onClose}>
          <X size={15} aria-hidden />
        </button>
      </header>
      <p className="tn-event-when">
        <Clock size={14} aria-hidden />
        <span>{whenText(event, zone, user.language)}</span>
        <span className="tn-muted">{lengthText(event)}</span>
      </p>
      {event.resources.length > 0 && (
        <ul className="tn-event-who">
          {event.resources.map((id) => (
            <li key={id}>
              <Avatar title={names(id)} size={18} />
              <span className="tn-cut">{names(id)}</span>
            </li>
          ))}
        </ul>
      )}
      {items.length > 0 && (
        <dl>
          {items.map((item) => {
            const field = views.fields[item.name];
            return (
              field && (
                <div key={item.name}>
                  <dt>{item.label ?? field.label}</dt>
                  <dd>
                    <Value field={field} item={item} value={event.record[item.name]} record={event.record} exact />
                  </dd>
                </div>
              )
            );
          })}
        </dl>
      )}
      {buttons.length > 0 && (
        <footer>
          {buttons.slice(0, 3).map((button) => (
            <button
              key={button.method}
              type="button"
              className="tn-btn"
              data-kind={button.kind === 'danger' ? 'danger' : undefined}
              disabled={busy !== ''}
              onClick={() => void press(button)}
            >
              {button.label}
            </button>
          ))}
        </footer>
      )}
    </div>
  );
}

export function EventCard(props: Props & { anchor: Anchor; phone: boolean }): ReactNode {
  const { anchor, phone, onClose, event } = props;
  if (phone) {
    return (
      <Drawer
        opened
        onClose={onClose}
        position="bottom"
        size="auto"
        withCloseButton={false}
        aria-label={event.title}
        radius="12px 12px 0 0"
        styles={{
          inner: { alignItems: 'flex-end' },
          content: { height: 'auto', flex: '1 1 100%', maxHeight: '85dvh' },
        }}
      >
        <Body {...props} />
      </Drawer>
    );
  }
  const { left, top, width, height } = anchor.box;
  return (
    <Popover
      opened
      onChange={(open) => {
        if (!open) onClose();
      }}
      position="right-start"
      offset={6}
      width={320}
      trapFocus
      returnFocus
      withinPortal
      middlewares={{
        flip: { crossAxis: false, fallbackPlacements: ['left-start', 'bottom', 'top'] },
        shift: { padding: 8 },
      }}
    >
      <Popover.Target>
        <span className="tn-cal-anchor" style={{ left, top, width, height }} />
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={event.title}>
        <Body {...props} />
      </Popover.Dropdown>
    </Popover>
  );
}
