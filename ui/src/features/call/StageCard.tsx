import type { LucideIcon } from 'lucide-react';
import { Button } from '../../components/Button';
import styles from './StageCard.module.css';

interface Props {
  icon: LucideIcon;
  words: string;
  /** Ends what it speaks of. */
  end: string;
  onEnd: () => void;
  testid: string;
}

/** What of mine everybody sees just now, and the way out of it; beside the faces, for as long as it lasts. */
export function StageCard({ icon: Icon, words, end, onEnd, testid }: Props) {
  return (
    <section className={styles.card} aria-label={words} data-testid={testid}>
      <p className={styles.words}>
        <Icon size={18} strokeWidth={1.8} aria-hidden />
        {words}
      </p>
      <Button size="dense" onPress={onEnd} data-testid={`${testid}-end`}>
        {end}
      </Button>
    </section>
  );
}
