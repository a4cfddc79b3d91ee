/** Domains on the client: conditions of views, filters of searches. */
export { addPath, allOf, anyOf, pathsOf } from './combine';
export { addDays, daysBetween, dayOf, todayIn } from './dates';
export { matches, resolve, type Scope } from './evaluate';
