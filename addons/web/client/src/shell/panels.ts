/** Which of the shell's own panels is open: palette, list of shortcuts, drawer. */
import { Store } from '../store';

export interface Panels {
  palette: boolean;
  shortcuts: boolean;
  drawer: boolean;
}
export const panels = new Store<Panels>({ palette: false, shortcuts: false, drawer: false });

export const showPanel = (panel: keyof Panels, open = true): void => panels.patch({ [panel]: open });
