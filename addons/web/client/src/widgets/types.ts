/** What a widget gets: the same for built-in ones and for those that addons register. */
import type { FieldInfo, Rec, Values } from '../rpc/types';
import type { Item } from '../views/data';

export interface WidgetProps {
  value: unknown;
  record: Rec | Values;
  field: FieldInfo;
  readonly: boolean;
  /** The person has decided: save, or take over into the new record. */
  onChange: (value: unknown) => void;
}

/** What an editing widget of a form gets beside that. */
export interface EditProps extends WidgetProps {
  item: Item;
  id: string;
  /** The model that the field belongs to. */
  model: string;
  label: string;
  invalid?: string | undefined;
  describedBy?: string | undefined;
  autoFocus?: boolean;
  /** Typed but not decided: keep it as a draft. */
  onInput: (value: unknown) => void;
}
