/** Vite plugin: one extra entry per module that addons share with the client, and the manifest the server reads. */
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** The public modules of the import map; a change of a major version here is a breaking change for addons. */
export const SHARED = [
  'react',
  'react-dom',
  'react/jsx-runtime',
  '@mantine/core',
  '@mantine/hooks',
  '@tanstack/react-query',
  '@tenon/web',
] as const;

const PREFIX = 'virtual:shared/';
const require = createRequire(import.meta.url);
const slug = (name: string): string => name.replace(/@/g, '').replace(/[^a-z0-9]+/gi, '-');
const entryName = (name: string): string => `shared-${slug(name)}`;

/** One input per shared module, to be spread into rollupOptions.input. */
export const sharedInputs = (): Record<string, string> =>
  Object.fromEntries(SHARED.map((name) => [entryName(name), PREFIX + slug(name)]));

/** React is CommonJS: an ES module that re-exports it must spell every name out. */
function reexport(name: string): string {
  if (!name.startsWith('react')) return `export * from '${name}';`;
  const names = Object.keys(require(name) as object).filter((key) => key !== 'default');
  const lines = names.map((key) => `export const ${key} = m.${key};`);
  return [`import * as ns from '${name}';`, 'const m = ns.default ?? ns;', 'export default m;', ...lines].join('\n');
}

/** The parts of an output chunk that the manifest needs. */
interface Chunk {
  type: string;
  name?: string;
  fileName: string;
  isEntry?: boolean;
  imports?: string[];
  viteMetadata?: { importedCss?: Set<string> };
}

/** What the server reads: the entry, its style sheets, what it imports at once, and the addons' import map. */
interface Manifest {
  main: string;
  css: string[];
  preload: string[];
  imports: Record<string, string>;
}

/** A chunk and all that it imports statically, in the order in which they run. */
function withImports(chunk: Chunk, byFile: ReadonlyMap<string, Chunk>, seen: Set<Chunk> = new Set()): Set<Chunk> {
  if (seen.has(chunk)) return seen;
  for (const file of chunk.imports ?? []) {
    const imported = byFile.get(file);
    if (imported) withImports(imported, byFile, seen);
  }
  return seen.add(chunk);
}

function manifestOf(chunks: Chunk[]): Manifest {
  const byFile = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const entries = new Map(chunks.filter((chunk) => chunk.isEntry).map((chunk) => [chunk.name, chunk]));
  const main = entries.get('main');
  if (!main) throw new Error('the client has no chunk "main"');
  const imports: Record<string, string> = {};
  for (const name of SHARED) {
    const chunk = entries.get(entryName(name));
    if (chunk) imports[name] = chunk.fileName;
  }
  const first = [...withImports(main, byFile)];
  const css = new Set(first.flatMap((chunk) => [...(chunk.viteMetadata?.importedCss ?? [])]));
  return {
    main: main.fileName,
    css: [...css],
    preload: first.filter((chunk) => chunk !== main).map((chunk) => chunk.fileName),
    imports,
  };
}

/** Shares one copy of React, Mantine and the client's own API with addons, through an import map. */
export function shared(): Plugin {
  return {
    name: 'tenon-shared',
    resolveId(id) {
      if (id.startsWith(PREFIX)) return '\0' + id;
      if (id === '@tenon/web') return fileURLToPath(new URL('../src/tenon-web.ts', import.meta.url));
      return undefined;
    },
    load(id) {
      if (!id.startsWith('\0' + PREFIX)) return undefined;
      const name = SHARED.find((each) => slug(each) === id.slice(PREFIX.length + 1));
      return name ? reexport(name) : undefined;
    },
    writeBundle(options, bundle) {
      const manifest = manifestOf(Object.values(bundle) as unknown as Chunk[]);
      writeFileSync(join(options.dir ?? '.', 'web-manifest.json'), JSON.stringify(manifest, null, 1) + '\n');
    },
  };
}
