/** Files as the wire has them: what a field holds, and what is being written to it. */

export interface FileValue {
  name: string;
  type?: string;
  size?: number;
  /** Where its content is; not there before the record is saved. */
  url?: string;
  width?: number;
  height?: number;
  sha256?: string;
}

export const fileOf = (value: unknown): FileValue | null =>
  value !== null && typeof value === 'object' && 'name' in value ? (value as FileValue) : null;

const UNITS = ['bytes', 'kB', 'MB', 'GB'];

/** A size in decimal units, as file managers and mail programs count: "1.4 MB". */
export function sizeText(bytes: number | undefined, language: string): string {
  if (bytes === undefined) return '';
  let [size, unit] = [bytes, 0];
  while (size >= 999.5 && unit < UNITS.length - 1) [size, unit] = [size / 1000, unit + 1];
  const digits = unit > 0 && size < 9.95 ? 1 : 0;
  let shown = size.toFixed(digits);
  try {
    shown = new Intl.NumberFormat(language.replace('_', '-'), { maximumFractionDigits: digits }).format(size);
  } catch {
    // A language that the browser does not know: digits are digits.
  }
  return `${shown} ${UNITS[unit]}`;
}

/** The address of a small form of a picture; it changes with the content, so that a new picture is shown at once. */
export const smallUrl = (file: FileValue, side: number): string =>
  `${file.url}?w=${side}&h=${side}${file.sha256 ? `&v=${file.sha256.slice(0, 8)}` : ''}`;

export const downloadUrl = (file: FileValue): string => `${file.url}?download`;

/** Why a field does not take a file, or nothing. */
export function refusal(
  file: { size: number; type: string },
  most: number | undefined,
  image: boolean,
  language: string,
): string {
  if (most !== undefined && file.size > most)
    return `This file has ${sizeText(file.size, language)}; at most ${sizeText(most, language)} fit.`;
  if (image && file.type && !/^image\/(png|jpeg|gif|webp)$/.test(file.type))
    return 'Choose a PNG, JPEG, GIF or WebP picture.';
  return '';
}
