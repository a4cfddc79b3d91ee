/** Loads the modules of the tenant's addons; one that fails is named and the rest goes on. */

export interface AddonModule {
  name: string;
  url: string;
  /** Its style sheet, where it has one. */
  css?: string;
}

function addStyle(module: AddonModule): void {
  if (!module.css) return;
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = module.css;
  link.dataset['addon'] = module.name;
  document.head.append(link);
}

/** Import each module in order; the answer lists those that failed, with the reason. */
export async function loadAddons(modules: readonly AddonModule[]): Promise<string[]> {
  const failed: string[] = [];
  for (const module of modules) {
    addStyle(module);
    try {
      await import(/* @vite-ignore */ module.url);
    } catch (error) {
      console.error(`addon ${module.name}`, error);
      failed.push(`${module.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return failed;
}
