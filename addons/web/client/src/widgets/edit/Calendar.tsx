/** The calendar below a date field. */
import '@mantine/dates/styles.layer.css';
import { DatePicker } from '@mantine/dates';
import type { ReactNode } from 'react';
import { addDays } from '../../domain';

interface Props {
  day: string;
  today: string;
  clearable: boolean;
  onChoose: (day: string | null) => void;
}

export default function Calendar({ day, today, clearable, onChoose }: Props): ReactNode {
  const near: [string, string][] = [
    ['Today', today],
    ['Tomorrow', addDays(today, 1)],
    ['In a week', addDays(today, 7)],
  ];
  return (
    <div className="tn-calendar">
      <DatePicker
        value={day || null}
        defaultDate={day || today}
        size="xs"
        firstDayOfWeek={1}
        highlightToday
        onChange={(chosen) => onChoose(chosen ? String(chosen).slice(0, 10) : null)}
      />
      <div className="tn-calendar-near">
        {near.map(([label, value]) => (
          <button key={label} type="button" onClick={() => onChoose(value)}>
            {label}
          </button>
        ))}
        {clearable && (
          <button type="button" onClick={() => onChoose(null)}>
            Clear
          </button>
        )}
      </div>
    </div>
  );
}
