/** What stands where nothing is: what this is for and the first step, or how to see more. */
import { SearchX } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ActionInfo } from '../rpc/types';
import { Icon } from '../shell/icons';
import { setParams } from '../shell/location';

interface Props {
  action: ActionInfo;
  /** A search is on: the records may be there, only not found. */
  searched: boolean;
  onCreate?: () => void;
}

/** The help text's first sentence is the title, the rest explains. */
export function splitHelp(help: string): [string, string] {
  const end = help.search(/[.!?](\s|$)/);
  return end < 0 ? [help, ''] : [help.slice(0, end), help.slice(end + 1).trim()];
}

export function Empty({ action, searched, onCreate }: Props): ReactNode {
  if (searched) {
    return (
      <div className="tn-empty">
        <span className="tn-empty-mark">
          <SearchX size={20} strokeWidth={1.5} aria-hidden />
        </span>
        <h2>Nothing matches</h2>
        <p>Try fewer words or remove a filter.</p>
        <button type="button" className="tn-btn" onClick={() => setParams({ f: '', q: null })}>
          Show everything
        </button>
      </div>
    );
  }
  const [title, text] = splitHelp(action.help || `No ${action.title.toLowerCase()} yet`);
  return (
    <div className="tn-empty">
      <span className="tn-empty-mark">
        <Icon title={action.title} size={20} />
      </span>
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {onCreate && (
        <button type="button" className="tn-btn" data-kind="primary" onClick={onCreate}>
          Create the first
        </button>
      )}
    </div>
  );
}
