import { ClipboardCheck, Ellipsis, Maximize, Minimize, Users } from 'lucide-react';
import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { CallView } from '../../engine/view';
import { BarSlot } from './BarSlot';
import styles from './LayoutMenu.module.css';
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
      <Popover className={styles.popover ?? ''} placement="top" offset={16}>
        <Menu
          className={styles.menu ?? ''}
          aria-label={t('more.slot')}
          onAction={(key) => {
            if (key === 'people') onPeople();
            if (key === 'full') toggle();
            if (key === 'consent') onConsent?.();
          }}
        >
          <MenuItem
            id="people"
            textValue={t('people.title')}
            className={styles.item ?? ''}
            data-testid="more-show-people"
          >
            <Users size={18} strokeWidth={1.8} aria-hidden />
            <span className={styles.words}>{t('people.title')}</span>
          </MenuItem>
          <MenuItem
            id="full"
            textValue={full ? t('layout.leaveFull') : t('layout.full')}
            className={styles.item ?? ''}
          >
            {full ? (
              <Minimize size={18} strokeWidth={1.8} aria-hidden />
            ) : (
              <Maximize size={18} strokeWidth={1.8} aria-hidden />
            )}
            <span className={styles.words}>{full ? t('layout.leaveFull') : t('layout.full')}</span>
            <kbd className={styles.key}>F</kbd>
          </MenuItem>
          {onConsent && (
            <MenuItem
              id="consent"
              textValue={t('consent.mine')}
              className={styles.item ?? ''}
              data-testid="more-consent"
            >
              <ClipboardCheck size={18} strokeWidth={1.8} aria-hidden />
              <span className={styles.words}>
                <span>{t('consent.mine')}</span>
                <span className={styles.help}>
                  {consent === 'yes' && t('consent.saidYes')}
                  {consent === 'no' && t('consent.saidNo')}
                  {(consent === 'asked' || consent === 'not_asked') && t('consent.saidNothing')}
                </span>
              </span>
            </MenuItem>
          )}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
