import { type LucideIcon, MousePointer2, MousePointer2Off, Projector } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../../engine/context';
import type { CallView } from '../../engine/view';
import { usePointing } from '../pointer/Pointing';
import { presenterOf } from './layout';

interface Entry {
  id: 'pointer' | 'present';
  icon: LucideIcon;
  words: string;
  help: string | undefined;
  act: () => void;
}

/** Ways to draw everybody's eyes to something, as far as this seat has them: begin, or end. */
export function useSpotlight(call: CallView): Entry[] {
  const { t } = useTranslation();
  const { tools } = useEngine();
  const pointing = usePointing();
  const { me, presenter } = call;
  const entries: Entry[] = [];
  if (!tools || call.is_test_call) return entries;
  if (pointing.allowed) {
    entries.push({
      id: 'pointer',
      icon: pointing.on ? MousePointer2Off : MousePointer2,
      words: pointing.on ? t('pointer.hide') : t('pointer.show'),
      help: pointing.on ? undefined : t('pointer.showText'),
      act: () => pointing.set(!pointing.on),
    });
  }
  const presents = presenter === me.participant_id;
  if (presents || (me.tools.present_to_everyone && me.role !== 'audience')) {
    const other = presenterOf(call)?.display_name;
    entries.push({
      id: 'present',
      icon: Projector,
      words: presents ? t('present.stop') : t('present.start'),
      help: presents
        ? undefined
        : other === undefined
          ? t('present.startText')
          : t('present.startOver', { name: other }),
      act: () => void tools.present(!presents),
    });
  }
  return entries;
}
