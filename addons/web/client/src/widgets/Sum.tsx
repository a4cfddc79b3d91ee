/** A sum over records; over several currencies it is one sum each. */
import type { ReactNode } from 'react';
import { useBoot } from '../rpc/boot';
import type { Boot, Currency, FieldInfo, Ref } from '../rpc/types';
import { currencyNamed } from './currency';
import { formatNumber, moneyText } from './format';

interface Part {
  value: unknown;
  currency: Currency;
}

/** The parts of a sum: one value, or a list of amounts with their currencies. */
function partsOf(boot: Boot, value: unknown): Part[] {
  const own = boot.company.currency;
  if (Array.isArray(value)) {
    return value.map((each: { currency?: unknown; amount?: unknown; value?: unknown }) => {
      const code =
        typeof each.currency === 'object'
          ? String((each.currency as Ref | null)?.title ?? '')
          : String(each.currency ?? '');
      return { value: each.amount ?? each.value, currency: currencyNamed(boot, code) };
    });
  }
  return [{ value, currency: own }];
}

export function sumText(boot: Boot, value: unknown, field: FieldInfo | undefined): string {
  const { language } = boot.user;
  if (field?.type !== 'money') return formatNumber(value, language);
  return partsOf(boot, value)
    .map((part) => moneyText(part.value, part.currency, language, true))
    .join(' + ');
}

export function Sum({ value, field }: { value: unknown; field: FieldInfo | undefined }): ReactNode {
  const boot = useBoot();
  if (value === undefined || value === null) return null;
  const text = sumText(boot, value, field);
  return (
    <span className="tn-amount tn-cut" title={text}>
      {text}
    </span>
  );
}
