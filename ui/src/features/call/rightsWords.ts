import type { TFunction } from 'i18next';
import type { Right, RightsChange } from './rightsChange';

/** What I may use no longer, and what I may use now, a sentence for each. */
export function rightsWords(t: TFunction, language: string, { taken, back, given }: RightsChange): string {
  const list = (type: 'conjunction' | 'disjunction', rights: readonly Right[]) =>
    new Intl.ListFormat(language, { type }).format(short(rights).map((right) => t(`right.${right}`)));
  const said = [
    taken.length > 0 && t('right.taken', { what: list('disjunction', taken) }),
    back.length > 0 && t('right.back', { what: list('conjunction', back) }),
    given.length > 0 && t('right.given', { what: list('conjunction', given) }),
  ];
  return said.filter(Boolean).join(' ');
}

/** Who may draw on neither needs not be told of both. */
function short(rights: readonly Right[]): readonly (Right | 'drawAll')[] {
  if (!rights.includes('draw') || !rights.includes('drawOnSnapshots')) return rights;
  return rights.flatMap((right) => (right === 'draw' ? 'drawAll' : right === 'drawOnSnapshots' ? [] : right));
}
