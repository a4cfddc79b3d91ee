/** A file or a picture: choose it or drop it here, see how far it is, download, replace or remove it. */
import { Download, ImageUp, RefreshCw, Upload, X } from 'lucide-react';
import { useEffect, useRef, useState, type DragEvent, type ReactNode } from 'react';
import { useBoot } from '../../rpc/boot';
import { StoppedError, upload, type Sending } from '../../rpc/upload';
import { downloadUrl, fileOf, refusal, sizeText } from '../files';
import { FileName, Picture } from '../FileValue';
import type { EditProps } from '../types';

const SIDE = 96;

interface Job {
  name: string;
  part: number;
}

/** Sending a file: what is on its way, what was refused. */
function useSending({ field, onChange }: EditProps, image: boolean) {
  const { user } = useBoot();
  const [job, setJob] = useState<Job | null>(null);
  const [error, setError] = useState('');
  const sending = useRef<Sending | null>(null);
  useEffect(() => () => sending.current?.stop(), []);
  const send = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const wrong = refusal(file, field.max_size, image, user.language);
    setError(wrong);
    if (wrong) return;
    sending.current?.stop();
    setJob({ name: file.name, part: 0 });
    const mine = upload(file, (part) => setJob({ name: file.name, part }));
    sending.current = mine;
    try {
      onChange(await mine.done);
    } catch (failed) {
      if (!(failed instanceof StoppedError))
        setError(failed instanceof Error ? failed.message : 'The file was not sent. Try again.');
    } finally {
      if (sending.current === mine) setJob(null);
    }
  };
  return { job, error, send, stop: () => sending.current?.stop() };
}

function Progress({ job, stop }: { job: Job; stop: () => void }): ReactNode {
  const percent = Math.round(job.part * 100);
  return (
    <span className="tn-file tn-file-job">
      <span className="tn-cut">{job.name}</span>
      <span className="tn-file-bar" role="progressbar" aria-label={`Sending ${job.name}`} aria-valuenow={percent}>
        <i style={{ width: `${percent}%` }} />
      </span>
      <span className="tn-muted tn-num">{percent} %</span>
      <button type="button" className="tn-icon-btn" aria-label={`Stop sending ${job.name}`} onClick={stop}>
        <X size={13} aria-hidden />
      </button>
    </span>
  );
}

export default function FileEdit(props: EditProps): ReactNode {
  const { field, id, label, value, onChange } = props;
  const { user } = useBoot();
  const image = field.type === 'image';
  const { job, error, send, stop } = useSending(props, image);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const file = fileOf(value);
  const most = field.max_size ? `, at most ${sizeText(field.max_size, user.language)}` : '';
  const choose = (): void => input.current?.click();
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void send(event.dataTransfer.files[0]);
  };
  const Icon = image ? ImageUp : Upload;
  const described = [error && `${id}-wrong`, props.describedBy].filter(Boolean).join(' ') || undefined;
  return (
    <>
      <span
        className="tn-input tn-input-file"
        data-over={over || undefined}
        data-picture={(image && file && !job) || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <input
          ref={input}
          type="file"
          className="tn-sr"
          tabIndex={-1}
          aria-hidden
          accept={image ? 'image/png,image/jpeg,image/gif,image/webp' : undefined}
          onChange={(event) => {
            void send(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
        {job ? (
          <Progress job={job} stop={stop} />
        ) : file ? (
          <>
            {image && <Picture file={file} side={SIDE} label={`${label}: ${file.name}`} />}
            <FileName file={file} />
            <span className="tn-file-acts">
              {file.url && (
                <a
                  className="tn-icon-btn"
                  href={downloadUrl(file)}
                  download={file.name}
                  aria-label={`Download ${label}`}
                  title="Download"
                >
                  <Download size={14} aria-hidden />
                </a>
              )}
              <button
                id={id}
                type="button"
                className="tn-icon-btn"
                aria-label={`Replace ${label}`}
                title="Replace"
                aria-describedby={described}
                onClick={choose}
              >
                <RefreshCw size={14} aria-hidden />
              </button>
              {!field.required && (
                <button
                  type="button"
                  className="tn-icon-btn"
                  aria-label={`Remove ${label}`}
                  title="Remove"
                  onClick={() => onChange(null)}
                >
                  <X size={14} aria-hidden />
                </button>
              )}
            </span>
          </>
        ) : (
          <button
            id={id}
            type="button"
            className="tn-file-choose"
            autoFocus={props.autoFocus}
            aria-label={`${label}: choose ${image ? 'a picture' : 'a file'}`}
            aria-describedby={described}
            aria-invalid={Boolean(error || props.invalid) || undefined}
            title={`Choose ${image ? 'a picture' : 'a file'} or drop it here${most}`}
            onClick={choose}
          >
            <Icon size={14} aria-hidden />
            {over ? 'Drop it here' : image ? 'Choose a picture' : 'Choose a file'}
          </button>
        )}
      </span>
      {error && (
        <span id={`${id}-wrong`} className="tn-error" role="alert">
          {error}
        </span>
      )}
    </>
  );
}
