// Lists too long for one page: which part is shown, by what it is narrowed, and its table.

import type { LucideIcon } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { pageOf } from './derive';
import { type Live, useLive, useSettled } from './live';
import { Listing, ListTable, type ListTableProps, SearchField } from './parts';
import styles from './parts.module.css';

/** So many rows at once. */
const PAGE = 25;

/** What is asked for. */
interface Query {
  limit: number;
  offset: number;
  search?: string;
}

/** One page of a list. */
export interface Paged<D> {
  live: Live<D>;
  offset: number;
  turn: (offset: number) => void;
  /** What is searched for; what is being typed is that once it has settled. */
  search: string;
  typed: string;
  type: (text: string) => void;
  /** Another question, which begins with its first answers. */
  ask: (change: () => void) => void;
}

interface Options {
  /** What `load` asks for besides its query. */
  by?: string;
  settleMs?: number;
  /** As in {@link useLive}. */
  everyMs?: number | null;
}

export function usePaged<D>(load: (query: Query) => Promise<D>, options: Options = {}): Paged<D> {
  const { by = '', settleMs, everyMs } = options;
  const [offset, turn] = useState(0);
  const [typed, type] = useState('');
  const search = useSettled(typed.trim(), settleMs);
  const query = { limit: PAGE, offset, ...(search && { search }) };
  const live = useLive(() => load(query), JSON.stringify([query, by]), everyMs);
  const ask = (change: () => void) => {
    turn(0);
    change();
  };
  return { live, offset, turn, search, typed, type: (text) => ask(() => type(text)), ask };
}

interface NarrowedProps {
  list: Omit<Paged<unknown>, 'live'>;
  label: string;
  /** What else narrows it. */
  children?: ReactNode;
}

/** By what it is searched, above the list. */
export function Narrowed({ list, label, children }: NarrowedProps) {
  return (
    <div className={styles.tools}>
      <SearchField label={label} value={list.typed} onChange={list.type} />
      {children}
    </div>
  );
}

interface Props<D, T> extends Omit<ListTableProps<T>, 'items' | 'foot' | 'testid'> {
  list: Paged<D>;
  /** What is there, as it was told. */
  items: (data: D) => readonly T[];
  icon: LucideIcon;
  /** What is said where there is nothing. */
  none: string;
  noneText: string;
  /** Not all is asked for, so that there may be more. */
  narrowed?: boolean;
  /** What is said then. */
  noneFoundText?: string;
  /** By which tests know it. */
  name: string;
}

/** The list in each of its states, and the ways to its other pages. */
export function PagedList<D extends { total: number }, T>(props: Props<D, T>) {
  const { list, items, icon, none, noneText, narrowed, noneFoundText, name, ...table } = props;
  const { t } = useTranslation();
  const part = narrowed ?? list.search !== '';
  return (
    <Listing
      live={list.live}
      count={(data) => items(data).length}
      icon={icon}
      none={part ? t('console.noneFound') : none}
      noneText={part ? (noneFoundText ?? t('console.noneFoundText')) : noneText}
      testid={`console-${name}`}
    >
      {(data) => {
        const shown = items(data);
        return (
          <ListTable
            {...table}
            items={shown}
            testid={`${name}-table`}
            foot={<Pages list={list} shown={shown.length} total={data.total} />}
          />
        );
      }}
    </Listing>
  );
}

interface PagesProps {
  list: Omit<Paged<unknown>, 'live'>;
  shown: number;
  total: number;
}

/** `1 to 25 of 412`, and the ways to the others. */
function Pages({ list: { offset, turn }, shown, total }: PagesProps) {
  const { t } = useTranslation();
  const { from, to } = pageOf(offset, shown, total);
  return (
    <footer className={styles.pages}>
      <p data-testid="console-range">{t('console.range', { from, to, total })}</p>
      {total > PAGE && (
        <span className={styles.ways}>
          <Button
            size="dense"
            unavailable={offset === 0}
            onPress={() => turn(Math.max(0, offset - PAGE))}
            data-testid="console-back"
          >
            {t('console.back')}
          </Button>
          <Button
            size="dense"
            unavailable={to >= total}
            onPress={() => turn(offset + PAGE)}
            data-testid="console-next"
          >
            {t('console.next')}
          </Button>
        </span>
      )}
    </footer>
  );
}
