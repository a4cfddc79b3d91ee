/** Which currency an amount is in: the record's own, else the company's. */
import type { Boot, Currency, FieldInfo, Rec, Ref, Values } from '../rpc/types';

const DECIMALS: Record<string, number> = { JPY: 0, KRW: 0, CLP: 0, VND: 0, ISK: 0, KWD: 3, BHD: 3, TND: 3 };

/** A currency by its code, as far as the client can know it. */
export function currencyNamed(boot: Boot, code: string): Currency {
  const own = boot.company.currency;
  if (!/^[A-Z]{3}$/.test(code) || code === own.code) return own;
  return { code, symbol: code, decimals: DECIMALS[code] ?? 2 };
}

export function currencyOf(boot: Boot, field?: FieldInfo, record?: Rec | Values): Currency {
  const value = field?.currency_field ? record?.[field.currency_field] : null;
  const code = value !== null && typeof value === 'object' ? ((value as Ref).title ?? '') : String(value ?? '');
  return currencyNamed(boot, code.slice(0, 3));
}
