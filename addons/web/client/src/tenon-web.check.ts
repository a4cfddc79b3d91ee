/** Holds that the types that authors get are those of what the client has. Never loaded: `tsc` reads it. */
import type * as declared from '../../static/tenon-web';
import * as actual from './tenon-web';

/** All that is declared is there, and is what it is said to be. */
export const api: typeof declared = actual;

/** All that is there is declared. */
type Forgotten = Exclude<keyof typeof actual, keyof typeof declared>;
export const forgotten: [Forgotten] extends [never] ? true : Forgotten = true;
