// What the sections of the console are made of.

import { Check, Copy, type LucideIcon, RefreshCw, Search, TriangleAlert, WifiOff, X } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import {
  SearchField as AriaSearchField,
  Cell,
  Column,
  Dialog,
  FieldError,
  Form,
  Heading,
  Input,
  Label,
  Row,
  Table,
  TableBody,
  TableHeader,
  Text,
  TextArea,
  TextField,
} from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import fieldStyles from '../../components/Field.module.css';
import { IconButton } from '../../components/IconButton';
import { Sheet } from '../../components/Sheet';
import { Spinner } from '../../components/Spinner';
import { useCopy } from '../../components/useCopy';
import type { ErrorCode } from '../../engine/view';
import { dateLocale } from '../../i18n';
import type { Refusal } from './api';
import { wrong } from './derive';
import { type Act, type Live, useAct } from './live';
import styles from './parts.module.css';

// ------------------------------------------------------------------------------------------------- words

/** Words for an operation's own refusals, in place of the general ones. */
export type OwnWords = Partial<Record<ErrorCode, string>>;

/** Why something was refused. */
export function useRefusalWords(): (refused: Refusal, own?: OwnWords) => string {
  const { t } = useTranslation();
  return (refused, own) => own?.[refused.code] ?? t(`console.wrong_${wrong(refused.code)}`);
}

/** Days and times, as the language and the region write them. */
export function useTimes() {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const locale = dateLocale(i18n.language, navigator.languages);
    const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
    const seconds = new Intl.DateTimeFormat(locale, {
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
    const year = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
    const near = (at: number) => {
      const [then, now] = [new Date(at), new Date()];
      return then.toDateString() === now.toDateString()
        ? 'today'
        : then.getFullYear() === now.getFullYear()
          ? 'year'
          : 'far';
    };
    const date = (at: number) => (near(at) === 'far' ? year : day).format(at);
    return {
      locale,
      time: (at: string | number) => time.format(new Date(at)),
      /** With seconds; with the day where that is another one. */
      exact: (at: string | number) => {
        const ms = new Date(at).getTime();
        return near(ms) === 'today' ? seconds.format(ms) : `${date(ms)}, ${seconds.format(ms)}`;
      },
      date: (at: string | number) => date(new Date(at).getTime()),
      /** Today's by the time alone. */
      moment: (at: string | number) => {
        const ms = new Date(at).getTime();
        return near(ms) === 'today' ? time.format(ms) : `${date(ms)}, ${time.format(ms)}`;
      },
    };
  }, [i18n.language]);
}

// ------------------------------------------------------------------------------------------------- sections

interface HeadProps {
  title: string;
  /** At the end: what is done first here. */
  children?: ReactNode;
}

export function Head({ title, children }: HeadProps) {
  return (
    <header className={styles.head}>
      <h1 className={styles.title}>{title}</h1>
      {children}
    </header>
  );
}

interface ListingProps<T> {
  live: Live<T>;
  /** What lies in it. */
  count: (data: T) => number;
  icon: LucideIcon;
  /** What is said where there is nothing. */
  none: string;
  noneText?: string;
  children: (data: T) => ReactNode;
  testid: string;
}

/** A list in each of its states: on its way, not to be had, empty, there, and there but no longer fresh. */
export function Listing<T>(props: ListingProps<T>) {
  const { live, count, icon: Icon, none, noneText, children, testid } = props;
  const { t } = useTranslation();
  const words = useRefusalWords();
  const { data, problem, pending, refresh } = live;
  const offline = problem && wrong(problem.code) === 'line';
  return (
    <div className={styles.listing} data-testid={testid} aria-busy={pending && !problem}>
      {problem && (
        <div className={styles.problem} role="alert" data-testid={`${testid}-problem`}>
          {offline ? (
            <WifiOff size={20} strokeWidth={1.8} aria-hidden />
          ) : (
            <TriangleAlert size={20} strokeWidth={1.8} aria-hidden />
          )}
          <p>
            {words(problem)} {data !== undefined && t('console.stale')}
          </p>
          <Button size="dense" icon={RefreshCw} onPress={refresh} data-testid={`${testid}-again`}>
            {t('problem.tryAgain')}
          </Button>
        </div>
      )}
      {data === undefined && !problem && (
        <p className={styles.state} role="status" data-testid={`${testid}-loading`}>
          <Spinner size={22} />
          {t('console.loading')}
        </p>
      )}
      {data !== undefined && count(data) === 0 && (
        <div className={styles.state} data-testid={`${testid}-none`}>
          <Icon size={26} strokeWidth={1.8} aria-hidden />
          <p>
            <b>{none}</b> {noneText}
          </p>
        </div>
      )}
      {data !== undefined && count(data) > 0 && children(data)}
    </div>
  );
}

export interface TableColumn<T> {
  id: string;
  label: string;
  cell: (item: T) => ReactNode;
  /** What the row is called by. */
  names?: boolean;
  /** The label is read out, not shown. */
  quiet?: boolean;
  /** It has the room that is left. */
  wide?: boolean;
}

export interface ListTableProps<T> {
  label: string;
  columns: TableColumn<T>[];
  items: readonly T[];
  idOf: (item: T) => string;
  /** What a row is called by whoever types its first letters. */
  nameOf: (item: T) => string;
  /** One can be chosen, and is shown beside the table. */
  selected?: string | undefined;
  onSelect?: (id: string | undefined) => void;
  /** Below the rows. */
  foot?: ReactNode;
  testid: string;
}

/** Rows and columns; the arrow keys go through both. */
export function ListTable<T>(props: ListTableProps<T>) {
  const { label, columns, items, idOf, nameOf, selected, onSelect, foot, testid } = props;
  return (
    <div className={styles.card}>
      <div className={styles.scroll}>
        <Table
          className={styles.table ?? ''}
          aria-label={label}
          data-testid={testid}
          {...(onSelect && {
            selectionMode: 'single' as const,
            selectedKeys: selected === undefined ? [] : [selected],
            onSelectionChange: (keys) => {
              const [key] = keys === 'all' ? [] : [...keys];
              onSelect(key === undefined ? undefined : String(key));
            },
          })}
        >
          <TableHeader>
            {columns.map(({ id, label, names, quiet, wide }) => (
              <Column
                key={id}
                id={id}
                isRowHeader={names ?? false}
                className={`${styles.column} ${wide ? styles.wide : ''}`}
              >
                <span className={quiet ? 'sr-only' : undefined}>{label}</span>
              </Column>
            ))}
          </TableHeader>
          <TableBody>
            {items.map((item) => (
              <Row
                key={idOf(item)}
                id={idOf(item)}
                textValue={nameOf(item)}
                className={`${styles.row} ${onSelect ? styles.pressable : ''}`}
                data-testid={`${testid}-row`}
              >
                {columns.map(({ id, cell, wide }) => (
                  <Cell key={id} className={`${styles.cell} ${wide ? styles.wide : ''}`}>
                    {cell(item)}
                  </Cell>
                ))}
              </Row>
            ))}
          </TableBody>
        </Table>
      </div>
      {foot}
    </div>
  );
}

/** A name over what it is called by machines. */
export function Name({ children, more }: { children: ReactNode; more?: ReactNode }) {
  return (
    <span className={styles.name}>
      <span className={styles.nameFirst}>{children}</span>
      {more && <span className={styles.nameMore}>{more}</span>}
    </span>
  );
}

interface SearchProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
}

export function SearchField({ label, value, onChange }: SearchProps) {
  const { t } = useTranslation();
  return (
    <AriaSearchField className={styles.search ?? ''} aria-label={label} value={value} onChange={onChange}>
      {({ isEmpty }) => (
        <>
          <Search size={18} strokeWidth={1.8} aria-hidden />
          <Input className={styles.searchInput ?? ''} placeholder={label} data-testid="console-search" />
          {!isEmpty && <IconButton icon={X} label={t('console.clear')} className={styles.clear} />}
        </>
      )}
    </AriaSearchField>
  );
}

interface PillProps {
  icon: LucideIcon;
  /** Something goes on; or it needs somebody. */
  look?: 'good' | 'warn' | 'red' | undefined;
  children: ReactNode;
}

/** A state, as a sign and a word. */
export function Pill({ icon: Icon, look, children }: PillProps) {
  return (
    <span className={`${styles.pill} ${look ? styles[look] : ''}`}>
      <Icon size={14} strokeWidth={1.8} aria-hidden />
      {children}
    </span>
  );
}

// ------------------------------------------------------------------------------------------------- dialogs and forms

/** What was refused, before the buttons that led there. */
export function Refused({ act, own }: { act: Pick<Act, 'refused'>; own?: OwnWords | undefined }) {
  const words = useRefusalWords();
  if (!act.refused) return null;
  return (
    <p className={styles.refused} role="alert" data-testid="console-refused">
      <TriangleAlert size={18} strokeWidth={1.8} aria-hidden />
      <span>{words(act.refused, own)}</span>
    </p>
  );
}

interface QuestionProps {
  title: string;
  text: string;
  /** What yes does. */
  yes: string;
  act: Act;
  own?: OwnWords;
  onYes: () => void;
  onNot: () => void;
}

/** Asked before something is gone, or ends for somebody; the keyboard is on the way back. */
export function Question({ title, text, yes, act, own, onYes, onNot }: QuestionProps) {
  const { t } = useTranslation();
  return (
    <Sheet onClose={onNot} className={styles.sheet}>
      <Dialog role="alertdialog" className={styles.dialog ?? ''} data-testid="console-question">
        <Heading slot="title" className={styles.dialogTitle ?? ''}>
          {title}
        </Heading>
        <p className={styles.dialogText}>{text}</p>
        <Refused act={act} own={own} />
        <div className={styles.dialogWays}>
          <Button onPress={onNot} autoFocus data-testid="question-not">
            {t('console.not')}
          </Button>
          <Button kind="end" busy={act.busy} onPress={onYes} data-testid="question-yes">
            {yes}
          </Button>
        </div>
      </Dialog>
    </Sheet>
  );
}

interface DeleteProps {
  title: string;
  text: string;
  own?: OwnWords;
  onDelete: () => Promise<unknown>;
  /** It is gone, or stays after all. */
  onClose: () => void;
}

/** Asked before something is deleted; it stays open while that is refused. */
export function DeleteQuestion({ onDelete, onClose, ...words }: DeleteProps) {
  const { t } = useTranslation();
  const act = useAct();
  const yes = async () => {
    if (await act.run(onDelete)) onClose();
  };
  return <Question {...words} yes={t('console.delete')} act={act} onYes={() => void yes()} onNot={onClose} />;
}

interface FormSheetProps {
  title: string;
  /** What is done by it. */
  done: string;
  act: Act;
  own?: OwnWords;
  /** Fields that say themselves what is wrong with them. */
  fields: readonly string[];
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** Something to fill in. */
export function FormSheet(props: FormSheetProps) {
  const { title, done, act, own, fields, onSubmit, onClose, children } = props;
  const { t } = useTranslation();
  const atField = fieldOf(act.refused, fields) !== undefined;
  return (
    <Sheet onClose={onClose} className={styles.sheet}>
      <Dialog className={styles.dialog ?? ''} data-testid="console-form">
        <Heading slot="title" className={styles.dialogTitle ?? ''}>
          {title}
        </Heading>
        <Form
          className={styles.form ?? ''}
          onSubmit={(event) => {
            event.preventDefault();
            if (!act.busy) onSubmit();
          }}
        >
          {children}
          {!atField && <Refused act={act} own={own} />}
          <div className={styles.dialogWays}>
            <Button onPress={onClose} data-testid="form-cancel">
              {t('console.cancel')}
            </Button>
            <Button kind="primary" type="submit" busy={act.busy} data-testid="form-done">
              {done}
            </Button>
          </div>
        </Form>
      </Dialog>
    </Sheet>
  );
}

/** Which of these fields was refused; paths inside of one count as it. */
export function fieldOf(refused: Refusal | undefined, fields: readonly string[]): string | undefined {
  const path = refused?.field;
  return path === undefined
    ? undefined
    : fields.find((field) => path === field || path.match(/^\w+/)?.[0] === field);
}

interface FieldProps {
  label: string;
  help?: string | undefined;
  value: string;
  onChange: (value: string) => void;
  /** What is wrong with it. */
  wrong?: string | undefined;
  placeholder?: string;
  /** Several lines. */
  lines?: number;
  inputMode?: 'numeric' | 'url';
  autoFocus?: boolean;
  maxLength?: number;
  testid: string;
}

export function Field(props: FieldProps) {
  const { label, help, value, onChange, wrong, placeholder, lines, inputMode, autoFocus, maxLength } = props;
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  // What is wrong may be out of sight; there it is said, and can be put right.
  useEffect(() => {
    if (wrong !== undefined) input.current?.focus();
  }, [wrong]);
  return (
    <TextField
      className={fieldStyles.field ?? ''}
      value={value}
      onChange={onChange}
      isInvalid={wrong !== undefined}
      validationBehavior="aria"
      autoComplete="off"
      {...(autoFocus && { autoFocus })}
      {...(maxLength !== undefined && { maxLength })}
    >
      <Label className={fieldStyles.label ?? ''}>{label}</Label>
      {lines ? (
        <TextArea
          ref={input}
          className={`${fieldStyles.input} ${styles.lines}`}
          rows={lines}
          spellCheck={false}
          data-testid={props.testid}
          {...(placeholder && { placeholder })}
        />
      ) : (
        <Input
          ref={input}
          className={fieldStyles.input ?? ''}
          spellCheck={false}
          data-testid={props.testid}
          {...(placeholder && { placeholder })}
          {...(inputMode && { inputMode })}
        />
      )}
      {help && (
        <Text slot="description" className={styles.help ?? ''}>
          {help}
        </Text>
      )}
      <FieldError className={styles.fieldWrong ?? ''} data-testid={`${props.testid}-wrong`}>
        <TriangleAlert size={16} strokeWidth={1.8} aria-hidden />
        <span>{wrong}</span>
      </FieldError>
    </TextField>
  );
}

interface OnceProps {
  title: string;
  text: string;
  /** What is told this one time. */
  secret: string;
  /** What it is. */
  label: string;
  onClose: () => void;
}

/** Something that is told once and never again. */
export function Once({ title, text, secret, label, onClose }: OnceProps) {
  const { t } = useTranslation();
  const { copied, copy } = useCopy();
  return (
    <Sheet onClose={onClose} className={styles.sheet}>
      <Dialog className={styles.dialog ?? ''} data-testid="console-once">
        <Heading slot="title" className={styles.dialogTitle ?? ''}>
          {title}
        </Heading>
        <p className={styles.dialogText}>{text}</p>
        <div className={styles.once}>
          {/* Not read out whole when the dialog opens, yet it can be marked and read letter by letter. */}
          <input
            className={`${fieldStyles.input} ${styles.secret}`}
            aria-label={label}
            readOnly
            value={secret}
            onFocus={(event) => event.currentTarget.select()}
            data-testid="once-secret"
          />
          <Button
            icon={copied === secret ? Check : Copy}
            autoFocus
            onPress={() => copy(secret)}
            data-testid="once-copy"
          >
            {copied === secret ? t('console.copied') : t('console.copy')}
          </Button>
        </div>
        <p className="sr-only" role="status">
          {copied === secret ? t('console.copied') : ''}
        </p>
        <div className={styles.dialogWays}>
          <Button kind="primary" onPress={onClose} data-testid="once-done">
            {t('console.done')}
          </Button>
        </div>
      </Dialog>
    </Sheet>
  );
}

/** Which thing a question or a form is about; it stays what it is while the list behind it is asked for anew. */
export function useOpened<T>() {
  const [opened, setOpened] = useState<T>();
  return { opened, open: setOpened, close: () => setOpened(undefined) };
}
