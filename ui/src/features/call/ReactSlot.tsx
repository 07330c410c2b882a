import { Hand } from 'lucide-react';
import { useState } from 'react';
import { Button, Dialog, DialogTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Popup } from '../../components/Popup';
import { useEngine } from '../../engine/context';
import { type CallView, REACTIONS } from '../../engine/view';
import { BarSlot } from './BarSlot';
import { handPlaces } from './derive';
import styles from './ReactSlot.module.css';
import { REACTION_ICONS } from './reactions';

/** A raised hand, and what one shows for a moment. */
export function ReactSlot({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const place = handPlaces(call).get(call.me.participant_id);
  const raised = place !== undefined;
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <BarSlot
        icon={Hand}
        word={raised ? t('react.handUp') : t('react.slot')}
        label={raised ? t('react.handUpLabel', { place }) : t('react.slotLabel')}
        open={open || raised}
        testid="react"
      />
      <Popup placement="top" offset={16}>
        <Dialog className={styles.dialog ?? ''} aria-label={t('react.slotLabel')}>
          <ReactChoices call={call} onDone={() => setOpen(false)} />
        </Dialog>
      </Popup>
    </DialogTrigger>
  );
}

/** The hand, and the reactions in a row. */
export function ReactChoices({ call, onDone }: { call: CallView; onDone: () => void }) {
  const { t } = useTranslation();
  const { seat } = useEngine();
  const place = handPlaces(call).get(call.me.participant_id);
  const raised = place !== undefined;
  return (
    <div className={styles.choices}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset has a frame and a legend of its own */}
      <div className={styles.row} role="group" aria-label={t('react.row')}>
        {REACTIONS.map((reaction) => {
          const Icon = REACTION_ICONS[reaction];
          return (
            <Button
              key={reaction}
              className={styles.reaction ?? ''}
              onPress={() => {
                void seat?.react(reaction);
                onDone();
              }}
              data-testid={`react-${reaction}`}
            >
              <Icon size={24} strokeWidth={1.8} aria-hidden />
              <span>{t(`reaction.${reaction}`)}</span>
            </Button>
          );
        })}
      </div>
      <Button
        className={`${styles.hand} ${raised ? styles.raised : ''}`}
        onPress={() => {
          void seat?.raiseHand(!raised);
          onDone();
        }}
        data-testid="raise-hand"
      >
        <Hand size={20} strokeWidth={1.8} aria-hidden />
        {raised ? t('react.lower') : t('react.raise')}
        {raised && <span className={styles.place}>{t('react.place', { place })}</span>}
      </Button>
    </div>
  );
}
