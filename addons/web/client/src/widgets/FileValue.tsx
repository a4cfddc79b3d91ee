/** A file or a picture to be read: a link that downloads it, or the picture itself, small. */
import { FileText, ImageOff } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useBoot } from '../rpc/boot';
import { downloadUrl, sizeText, smallUrl, type FileValue } from './files';

export function FileName({ file, quiet }: { file: FileValue; quiet?: boolean }): ReactNode {
  const { user } = useBoot();
  const name = file.name || 'File';
  const size = sizeText(file.size, user.language);
  if (quiet || !file.url)
    return (
      <span className="tn-file" title={`${name}, ${size}`}>
        <FileText size={14} aria-hidden />
        <span className="tn-cut">{name}</span>
      </span>
    );
  return (
    <span className="tn-file">
      <FileText size={14} aria-hidden />
      <a className="tn-link tn-cut" href={downloadUrl(file)} download={name} title={`Download ${name}`}>
        {name}
      </a>
      <span className="tn-muted tn-num">{size}</span>
    </span>
  );
}

/** A picture at most `side` pixels wide and high; a sign where it cannot be shown. */
export function Picture({ file, side, label }: { file: FileValue; side: number; label: string }): ReactNode {
  const [broken, setBroken] = useState<string>();
  if (!file.url || broken === file.url)
    return (
      <span className="tn-picture-none" title={broken ? 'The picture cannot be shown' : undefined}>
        <ImageOff size={14} aria-hidden />
        <span className="tn-sr">{broken ? 'The picture cannot be shown' : 'The picture is shown after saving'}</span>
      </span>
    );
  return (
    <img
      className="tn-picture"
      src={smallUrl(file, side * 2)}
      style={{ maxWidth: side, maxHeight: side }}
      alt={label}
      loading="lazy"
      onError={() => setBroken(file.url)}
    />
  );
}
