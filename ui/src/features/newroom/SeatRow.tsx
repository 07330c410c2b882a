import { ChevronDown, X } from 'lucide-react';
import { Button as AriaButton, Input, Label, MenuTrigger, TextField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../components/Avatar';
import { Choice } from '../../components/Choice';
import choiceStyles from '../../components/Choice.module.css';
import fieldStyles from '../../components/Field.module.css';
import { IconButton, NoIconButton } from '../../components/IconButton';
import { Item, ItemCheck, Menu } from '../../components/Menu';
import { Toggle } from '../../components/Toggle';
import { TOOLS, toolsOf } from '../../engine/rights';
import type { SeatDraft } from '../../engine/view';
import { toolsOn } from './draft';
import styles from './NewRoom.module.css';

interface Props {
  seat: SeatDraft;
  /** An empty name is said to be wrong only after a try. */
  tried: boolean;
  /** It was added just now: its name is typed next. */
  fresh: boolean;
  removable: boolean;
  onChange: (seat: SeatDraft) => void;
  onRemove: () => void;
}

/** Who, may what, with which tools. */
export function SeatRow({ seat, tried, fresh, removable, onChange, onRemove }: Props) {
  const { t } = useTranslation();
  const { display_name: name, role, is_admin, tools, me } = seat;
  const on = toolsOn(tools);
  const who = name.trim() || t('newRoom.somebody');
  return (
    <li className={styles.seat} data-testid="seat">
      <Avatar name={name} size={34} />
      <TextField
        className={styles.seatName ?? ''}
        value={name}
        onChange={(display_name) => onChange({ ...seat, display_name })}
        isInvalid={tried && name.trim() === ''}
        maxLength={120}
      >
        <Label className="sr-only">{t('newRoom.personName')}</Label>
        <Input
          className={fieldStyles.input ?? ''}
          autoFocus={fresh}
          placeholder={me ? t('newRoom.yourName') : t('newRoom.personName')}
          data-testid="seat-name"
        />
      </TextField>
      <div className={styles.may}>
        <Choice
          label={t('newRoom.mayName', { name: who })}
          hidden
          value={role}
          options={[
            { id: 'basic', label: t('newRoom.basic') },
            { id: 'plus', label: t('newRoom.plus') },
          ]}
          onChange={(chosen) => onChange({ ...seat, role: chosen })}
          data-testid="seat-role"
        />
      </div>
      <div className={styles.leads}>
        <Toggle
          label={t('newRoom.admin')}
          on={is_admin}
          onChange={(admin) => onChange({ ...seat, is_admin: admin })}
          data-testid="seat-admin"
        />
      </div>
      <MenuTrigger>
        <AriaButton
          className={`${choiceStyles.button} ${styles.tools}`}
          aria-label={t('newRoom.toolsName', { name: who, count: on.length, of: TOOLS.length })}
          data-testid="seat-tools"
        >
          <span className={choiceStyles.value}>
            {on.length === TOOLS.length
              ? t('newRoom.toolsAll', { count: TOOLS.length })
              : t('newRoom.toolsSome', { count: on.length, of: TOOLS.length })}
          </span>
          <ChevronDown size={18} strokeWidth={1.8} aria-hidden />
        </AriaButton>
        <Menu
          placement="bottom end"
          aria-label={t('newRoom.tools')}
          selectionMode="multiple"
          selectedKeys={on}
          onSelectionChange={(keys) => {
            const chosen = keys === 'all' ? TOOLS : TOOLS.filter((tool) => keys.has(tool));
            onChange({ ...seat, tools: toolsOf(chosen) });
          }}
        >
          {TOOLS.map((tool) => (
            <Item key={tool} id={tool} words={t(`tool.${tool}`)} data-testid={`tool-${tool}`}>
              <ItemCheck />
            </Item>
          ))}
        </Menu>
      </MenuTrigger>
      {removable ? (
        <IconButton
          className={styles.remove}
          icon={X}
          label={t('newRoom.removeName', { name: who })}
          onPress={onRemove}
          data-testid="seat-remove"
        />
      ) : (
        <NoIconButton className={styles.remove} />
      )}
    </li>
  );
}
