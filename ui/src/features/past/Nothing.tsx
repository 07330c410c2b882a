import type { LucideIcon } from 'lucide-react';
import { Empty } from '../../components/Empty';
import { Spinner } from '../../components/Spinner';
import styles from './Kept.module.css';

interface Props {
  icon: LucideIcon;
  words: string;
  /** It may still come; that it is being fetched is said once, for all of the page. */
  loading: boolean;
  testid: string;
}

/** A card with nothing in it. */
export function Nothing({ icon, words, loading, testid }: Props) {
  return (
    <div className={styles.nothing}>
      {loading ? <Spinner size={22} /> : <Empty icon={icon} title={words} testid={testid} />}
    </div>
  );
}
