/** The day as a list, for narrow screens: the week to choose from, then who comes when. */
import { Fragment, type ReactNode } from 'react';
import { todayIn } from '../../domain';
import { useBoot } from '../../rpc/boot';
import type { Id } from '../../rpc/types';
import { minutesOn } from './time';
import type { CalendarEvent } from './events';
import { useNow } from './Grid';
import { clock, exactTitle, lengthText, weekday } from './words';

interface Props {
  day: string;
  week: readonly string[];
  events: readonly CalendarEvent[];
  names: (id: Id) => string;
  ready: boolean;
  onDay: (day: string) => void;
  onOpen: (event: CalendarEvent, anchor: HTMLElement) => void;
}

function DayStrip({ day, week, onDay }: Pick<Props, 'day' | 'week' | 'onDay'>): ReactNode {
  const { user } = useBoot();
  const today = todayIn(user.tz || undefined);
  return (
    <div className="tn-strip" role="radiogroup" aria-label="Day">
      {week.map((each) => (
        <button
          key={each}
          type="button"
          role="radio"
          aria-checked={each === day}
          aria-label={exactTitle(each, user.language)}
          data-today={each === today || undefined}
          onClick={() => onDay(each)}
        >
          <small>{weekday(each, user.language, 'narrow')}</small>
          <span>{Number(each.slice(8))}</span>
        </button>
      ))}
    </div>
  );
}

export function Agenda({ day, week, events, names, ready, onDay, onOpen }: Props): ReactNode {
  const { user } = useBoot();
  const zone = user.tz || undefined;
  const now = useNow(zone);
  const shown = events.filter((event) => minutesOn(day, event.start, event.end, zone));
  const next = day === now.day ? shown.findIndex((event) => Date.parse(event.start) > Date.now()) : -1;
  return (
    <div className="tn-agenda">
      <DayStrip day={day} week={week} onDay={onDay} />
      {!ready && (
        <div className="tn-agenda-list" aria-busy="true">
          {[70, 50, 62, 44].map((width) => (
            <div key={width} className="tn-agenda-bone">
              <span className="tn-bone" style={{ width: 40 }} />
              <span className="tn-bone" style={{ width: `${width}%` }} />
            </div>
          ))}
        </div>
      )}
      {ready && shown.length === 0 && <p className="tn-agenda-none">Nothing on this day.</p>}
      <ol className="tn-agenda-list">
        {shown.map((event, at) => (
          <Fragment key={event.id}>
            {at === next && (
              <li className="tn-agenda-now" aria-hidden>
                <i />
              </li>
            )}
            <li>
              <button
                type="button"
                className="tn-agenda-row"
                data-tone={event.tone ?? undefined}
                style={{ '--hue': event.hue ?? undefined } as React.CSSProperties}
                data-plain={event.hue === null || undefined}
                onClick={(click) => onOpen(event, click.currentTarget)}
              >
                <span className="tn-agenda-time">
                  <strong>{clock(event.start, zone, user.language)}</strong>
                  <small>{lengthText(event)}</small>
                </span>
                <i className="tn-agenda-bar" />
                <span className="tn-agenda-what">
                  <strong className="tn-cut">{event.title}</strong>
                  <small className="tn-cut">
                    {[event.kind, ...event.resources.map(names)].filter(Boolean).join(' · ')}
                  </small>
                </span>
              </button>
            </li>
          </Fragment>
        ))}
      </ol>
    </div>
  );
}
