import { Maximize, Minimize } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Item } from '../../components/Menu';

/** Into full screen or out of it: the item `full` of a menu. */
export function FullscreenItem({ full, ...rest }: { full: boolean; 'data-testid'?: string }) {
  const { t } = useTranslation();
  return (
    <Item
      {...rest}
      id="full"
      icon={full ? Minimize : Maximize}
      words={full ? t('layout.leaveFull') : t('layout.full')}
    >
      <kbd>F</kbd>
    </Item>
  );
}
