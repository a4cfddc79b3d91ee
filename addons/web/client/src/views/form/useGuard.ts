/** Ask before unsaved input is lost: on navigation inside the client, and when the window closes. */
import { useEffect, useRef } from 'react';
import { ask } from '../../shell/feedback';
import { setGuard } from '../../shell/location';

export function useGuard(dirty: boolean, text: string): void {
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    if (!dirty) return undefined;
    setGuard(() =>
      ask({ title: 'Leave without saving?', text: latest.current, confirm: 'Leave', cancel: 'Stay', danger: true }),
    );
    const onUnload = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', onUnload);
    return () => {
      setGuard(null);
      removeEventListener('beforeunload', onUnload);
    };
  }, [dirty]);
}
