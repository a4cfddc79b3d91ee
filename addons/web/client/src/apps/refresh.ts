/** The boot data anew after an addon came or went: menus appear without a new page. */
import { currentBoot } from '../rpc/boot';
import { fetchBoot } from '../rpc/call';
import { client } from '../rpc/queries';
import { loadAddons } from '../registry/addons';
import { notify } from '../shell/feedback';

/** Take over the boot data of now. Code that was loaded cannot be unloaded: then the page is loaded again. */
export async function refreshBoot(): Promise<void> {
  const before = currentBoot.get();
  const fresh = await fetchBoot();
  const gone = before?.addons.some((module) => !fresh.addons.some((each) => each.url === module.url));
  if (!before || gone || fresh.version !== before.version) return location.reload();
  const failed = await loadAddons(
    fresh.addons.filter((module) => !before.addons.some((each) => each.url === module.url)),
  );
  if (failed.length) notify('Part of an addon did not load.', { hint: failed.join(' · '), tone: 'error' });
  client.removeQueries({ queryKey: ['views'], type: 'inactive' });
  currentBoot.set(fresh);
  await client.invalidateQueries();
}
