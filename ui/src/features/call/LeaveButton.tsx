import { ChevronUp, LogOut, Phone, PhoneOff } from 'lucide-react';
import { useState } from 'react';
import { Button, Dialog, MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Item, Menu } from '../../components/Menu';
import { useEngine } from '../../engine/context';
import type { CallView } from '../../engine/view';
import { EndQuestion } from './EndQuestion';
import styles from './LeaveButton.module.css';

interface Props {
  call: CallView;
  /** Large, with more words. */
  simple?: boolean;
}

/** Guests leave at once, since they can come back. An admin says whether the others stay, and is asked before they cannot. */
export function LeaveButton({ call, simple = false }: Props) {
  const { t } = useTranslation();
  const engine = useEngine();
  const [open, setOpen] = useState(false);
  const [ends, setEnds] = useState(false);
  const others = call.people.length;
  const asks = call.me.is_admin && !call.is_test_call;
  const inside = (
    <>
      <Phone className={styles.down} size={simple ? 30 : 22} strokeWidth={1.8} aria-hidden />
      <span>{simple ? t('simple.leave') : t('call.leave')}</span>
      {asks && <ChevronUp size={18} strokeWidth={1.8} aria-hidden />}
    </>
  );
  const style = `${styles.leave} ${simple ? styles.simple : ''}`;
  if (!asks) {
    return (
      <Button className={style} onPress={() => void engine.leave()} data-testid="leave">
        {inside}
      </Button>
    );
  }
  return (
    <MenuTrigger
      isOpen={open}
      onOpenChange={(opens) => {
        setOpen(opens);
        if (opens) setEnds(false);
      }}
    >
      <Button className={style} data-testid="leave" data-asks="true">
        {inside}
      </Button>
      <Menu
        className={styles.menu}
        placement="top end"
        offset={14}
        aria-label={t('call.leaveMenu')}
        onAction={(key) => {
          if (key === 'leave') void engine.leave();
          else if (others > 0) setEnds(true);
          else void engine.endForEveryone();
        }}
        instead={
          ends && (
            <Dialog
              className={styles.question ?? ''}
              role="alertdialog"
              aria-label={t('call.endSure', { count: others })}
            >
              <EndQuestion call={call} onNot={() => setOpen(false)} />
            </Dialog>
          )
        }
      >
        <Item
          id="leave"
          icon={LogOut}
          words={others > 0 ? t('call.leaveOthersStay') : t('call.leave')}
          data-testid="leave-others-stay"
        />
        <Item
          id="end"
          icon={PhoneOff}
          words={t('call.endForEveryone')}
          end
          asks={others > 0}
          data-testid="end-for-everyone"
        />
      </Menu>
    </MenuTrigger>
  );
}
