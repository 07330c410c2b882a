import { ClipboardCheck, Ellipsis, Users } from 'lucide-react';
import { MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Item, Menu } from '../../components/Menu';
import type { CallView } from '../../engine/view';
import { BarSlot } from './BarSlot';
import { FullscreenItem } from './FullscreenItem';
import { useFullscreen } from './useFullscreen';

interface Props {
  call: CallView;
  onPeople: () => void;
  /** My answer to being recorded can be changed. */
  onConsent: (() => void) | undefined;
}

/** What is needed seldom. */
export function MoreSlot({ call, onPeople, onConsent }: Props) {
  const { t } = useTranslation();
  const { full, toggle } = useFullscreen();
  const { consent } = call.me;
  return (
    <MenuTrigger>
      <BarSlot icon={Ellipsis} word={t('more.slot')} testid="more" />
      <Menu
        placement="top"
        offset={16}
        aria-label={t('more.slot')}
        onAction={(key) => {
          if (key === 'people') onPeople();
          if (key === 'full') toggle();
          if (key === 'consent') onConsent?.();
        }}
      >
        <Item id="people" icon={Users} words={t('people.title')} data-testid="more-show-people" />
        <FullscreenItem full={full} />
        {onConsent && (
          <Item
            id="consent"
            icon={ClipboardCheck}
            words={t('consent.mine')}
            help={
              consent === 'yes'
                ? t('consent.saidYes')
                : consent === 'no'
                  ? t('consent.saidNo')
                  : t('consent.saidNothing')
            }
            data-testid="more-consent"
          />
        )}
      </Menu>
    </MenuTrigger>
  );
}
