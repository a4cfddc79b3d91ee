/** Beside a translated field: a button that opens the texts of all languages. */
import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Languages } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useBoot } from '../../rpc/boot';
import { RpcError } from '../../rpc/errors';
import { useStale } from '../../rpc/queries';
import { setTranslations, translations } from '../../rpc/records';
import type { FieldInfo, Id } from '../../rpc/types';
import { languageName, shownLanguages, textChanges } from './translations';

interface Props {
  model: string;
  id: Id;
  field: FieldInfo;
  readonly: boolean;
}

export function TranslateButton(props: Props): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="tn-translate"
        aria-label={`${props.field.label} in other languages`}
        title="Other languages"
        onClick={() => setOpen(true)}
      >
        <Languages size={13} aria-hidden />
      </button>
      {open && <TranslateDialog {...props} close={() => setOpen(false)} />}
    </>
  );
}

function TranslateDialog({ model, id, field, readonly, close }: Props & { close: () => void }): ReactNode {
  const { user } = useBoot();
  const stale = useStale();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [error, setError] = useState('');
  const query = useQuery({
    queryKey: ['translations', model, id, field.name],
    queryFn: () => translations(model, id, field.name),
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const found = query.data;
  const save = async (): Promise<void> => {
    try {
      const changes = textChanges(found?.texts ?? {}, typed);
      if (Object.keys(changes).length) {
        await setTranslations(model, id, field.name, changes);
        stale(model);
      }
      close();
    } catch (failed) {
      setError(failed instanceof RpcError ? failed.message : 'The texts were not saved. Try again.');
    }
  };
  const shown = found ? shownLanguages(found, user.language, Object.keys(typed)) : [];
  const Input = field.type === 'char' ? 'input' : 'textarea';
  return (
    <Modal opened onClose={close} title={`${field.label}: all languages`} size={520}>
      {shown.map((code) => (
        <label key={code} className="tn-translation">
          <span>{languageName(code, user.language)}</span>
          <span className="tn-input">
            <Input
              lang={code}
              readOnly={readonly}
              value={typed[code] ?? found?.texts[code] ?? ''}
              placeholder={found?.texts[found.languages[0] ?? ''] ?? ''}
              onChange={(event) => setTyped({ ...typed, [code]: event.target.value })}
            />
          </span>
        </label>
      ))}
      {found && !readonly && (
        <select
          className="tn-translation-more"
          aria-label="Add a language"
          value=""
          onChange={(event) => setTyped({ ...typed, [event.target.value]: '' })}
        >
          <option value="">Add a language</option>
          {found.languages
            .filter((code) => !shown.includes(code))
            .map((code) => (
              <option key={code} value={code}>
                {languageName(code, user.language)}
              </option>
            ))}
        </select>
      )}
      {(error || query.error) && (
        <p className="tn-error" role="alert">
          {error || 'The texts could not be read. Close this and try again.'}
        </p>
      )}
      <div className="tn-dialog-actions">
        <button type="button" className="tn-btn" onClick={close}>
          {readonly ? 'Close' : 'Cancel'}
        </button>
        {!readonly && (
          <button type="button" className="tn-btn" data-kind="primary" disabled={!found} onClick={() => void save()}>
            Save
          </button>
        )}
      </div>
    </Modal>
  );
}
