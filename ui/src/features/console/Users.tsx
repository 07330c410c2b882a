import {
  Circle,
  CircleCheck,
  Ellipsis,
  KeyRound,
  Link,
  ShieldCheck,
  Trash2,
  UserPlus,
  Users as UsersIcon,
} from 'lucide-react';
import { useState } from 'react';
import { MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { Choice } from '../../components/Choice';
import { IconButton } from '../../components/IconButton';
import { Item, Line, Menu } from '../../components/Menu';
import { Toggle } from '../../components/Toggle';
import { type Role, told, type User } from './api';
import { useConsole } from './context';
import { useAct } from './live';
import { Narrowed, PagedList, usePaged } from './PagedList';
import {
  DeleteQuestion,
  Field,
  FormSheet,
  fieldOf,
  Head,
  Name,
  Once,
  Pill,
  useOpened,
  useTimes,
} from './parts';
import styles from './parts.module.css';

const ROLES = ['basic', 'plus'] as const satisfies Role[];

type Opened =
  | { what: 'make' }
  | { what: 'change' | 'link' | 'delete'; user: User }
  | { what: 'made'; user: User; url: string };

/** Who may sign in, and as what. */
export function Users() {
  const { t } = useTranslation();
  const { api, me } = useConsole();
  const { date } = useTimes();
  const { opened, open, close } = useOpened<Opened>();
  const list = usePaged((query) => told(api.GET('/v2/users', { params: { query } })));
  return (
    <main className={styles.main}>
      <Head title={t('console.users')}>
        <Button kind="primary" icon={UserPlus} onPress={() => open({ what: 'make' })} data-testid="make-user">
          {t('console.newUser')}
        </Button>
      </Head>
      <Narrowed list={list} label={t('console.searchUsers')} />
      <PagedList
        list={list}
        name="users"
        label={t('console.users')}
        icon={UsersIcon}
        none={t('console.noUsers')}
        noneText={t('console.noUsersText')}
        items={({ users }) => users}
        idOf={({ user_id }) => user_id}
        nameOf={({ user_id }) => user_id}
        columns={[
          {
            id: 'user',
            label: t('console.user'),
            names: true,
            wide: true,
            cell: (user) => (
              <Name
                more={
                  [user.user_id === me && t('console.you'), user.created_at && date(user.created_at)]
                    .filter(Boolean)
                    .join(' · ') || undefined
                }
              >
                {user.user_id}
              </Name>
            ),
          },
          { id: 'role', label: t('console.role'), cell: (user) => t(`console.role_${user.role}`) },
          {
            id: 'operator',
            label: t('console.operator'),
            cell: (user) =>
              user.is_operator ? (
                <Pill icon={ShieldCheck} look="good">
                  {t('console.operator')}
                </Pill>
              ) : (
                t('console.no')
              ),
          },
          {
            id: 'online',
            label: t('console.online'),
            cell: (user) => (
              <Pill icon={user.online ? CircleCheck : Circle} look={user.online ? 'good' : undefined}>
                {t(user.online ? 'console.isOnline' : 'console.isOffline')}
              </Pill>
            ),
          },
          {
            id: 'more',
            label: t('console.actions'),
            quiet: true,
            cell: (user) => (
              <MenuTrigger>
                <IconButton
                  icon={Ellipsis}
                  label={t('console.moreName', { name: user.user_id })}
                  data-testid="user-more"
                />
                <Menu
                  placement="bottom end"
                  aria-label={t('console.moreName', { name: user.user_id })}
                  onAction={(key) => open({ what: key as 'change' | 'link' | 'delete', user })}
                >
                  <Item id="link" icon={Link} words={t('console.signInLink')} data-testid="user-link" />
                  <Item
                    id="change"
                    icon={KeyRound}
                    words={t('console.changeUser')}
                    data-testid="user-change"
                  />
                  {/* Nobody takes their own way in away. */}
                  {user.user_id !== me && <Line />}
                  {user.user_id !== me && (
                    <Item
                      id="delete"
                      icon={Trash2}
                      end
                      words={t('console.delete')}
                      data-testid="user-delete"
                    />
                  )}
                </Menu>
              </MenuTrigger>
            ),
          },
        ]}
      />
      {opened?.what === 'make' && <UserForm onClose={close} />}
      {opened?.what === 'change' && <UserForm user={opened.user} onClose={close} />}
      {opened?.what === 'link' && (
        <LinkForm
          user={opened.user}
          onMade={(url) => open({ what: 'made', user: opened.user, url })}
          onClose={close}
        />
      )}
      {opened?.what === 'made' && (
        <Once
          title={t('console.linkMade', { name: opened.user.user_id })}
          text={t('console.linkMadeText')}
          secret={opened.url}
          label={t('console.signInLink')}
          onClose={close}
        />
      )}
      {opened?.what === 'delete' && <DeleteUser user={opened.user} onClose={close} />}
    </main>
  );
}

const FIELDS = ['user_id'] as const;

/** Somebody new, or who somebody is from now on. */
function UserForm({ user, onClose }: { user?: User; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, me } = useConsole();
  const act = useAct();
  const [id, setId] = useState('');
  const [role, setRole] = useState<Role>(user?.role ?? 'basic');
  const [operator, setOperator] = useState(user?.is_operator ?? false);
  const submit = async () => {
    const asked = () =>
      user
        ? told(
            api.PATCH('/v2/users/{user_id}', {
              params: { path: { user_id: user.user_id } },
              body: { role, is_operator: operator },
            }),
          )
        : told(
            api.POST('/v2/users', {
              body: { ...(id.trim() && { user_id: id.trim() }), role, is_operator: operator },
            }),
          );
    if (await act.run(asked)) onClose();
  };
  const taken = act.refused?.code === 'conflict';
  return (
    <FormSheet
      title={user ? t('console.changeUserOf', { name: user.user_id }) : t('console.newUser')}
      done={t(user ? 'console.save' : 'console.makeUser')}
      act={act}
      fields={user ? [] : FIELDS}
      own={{ conflict: t(user ? 'console.userConflict' : 'console.userTaken') }}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {!user && (
        <Field
          label={t('console.userId')}
          help={t('console.userIdHelp')}
          value={id}
          onChange={setId}
          wrong={fieldOf(act.refused, FIELDS) && t(taken ? 'console.userTaken' : 'console.userIdWrong')}
          autoFocus
          testid="user-id"
        />
      )}
      <div className={styles.option}>
        <Choice<Role>
          label={t('console.role')}
          value={role}
          options={ROLES.map((id) => ({ id, label: t(`console.role_${id}`) }))}
          onChange={setRole}
          data-testid="user-role"
        />
        <p className={styles.help}>{t(`console.role_${role}Text`)}</p>
      </div>
      {user?.user_id === me && user?.is_operator ? (
        <p className={styles.help}>{t('console.ownOperator')}</p>
      ) : (
        <Toggle
          label={t('console.operator')}
          help={t('console.operatorText')}
          on={operator}
          onChange={setOperator}
          data-testid="user-operator"
        />
      )}
    </FormSheet>
  );
}

const TIMES = ['3600', '86400', '604800'] as const;

function LinkForm({
  user,
  onMade,
  onClose,
}: {
  user: User;
  onMade: (url: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { api } = useConsole();
  const act = useAct();
  const [good, setGood] = useState<(typeof TIMES)[number]>('86400');
  const submit = async () => {
    let url = '';
    const made = await act.run(async () => {
      const link = await told(
        api.POST('/v2/users/{user_id}/sign-in-link', {
          params: { path: { user_id: user.user_id } },
          body: { expires_in: Number(good) },
        }),
      );
      url = link.url;
    });
    if (made) onMade(url);
  };
  return (
    <FormSheet
      title={t('console.linkFor', { name: user.user_id })}
      done={t('console.makeLink')}
      act={act}
      fields={[]}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p className={styles.help}>{t('console.linkText')}</p>
      <Choice
        label={t('console.goodFor')}
        value={good}
        options={TIMES.map((id) => ({ id, label: t(`console.good_${id}`) }))}
        onChange={setGood}
        data-testid="link-good"
      />
    </FormSheet>
  );
}

function DeleteUser({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useConsole();
  const params = { path: { user_id: user.user_id } };
  return (
    <DeleteQuestion
      title={t('console.deleteSure', { name: user.user_id })}
      text={t('console.deleteUserText')}
      own={{ conflict: t('console.userConflict') }}
      onDelete={() => told(api.DELETE('/v2/users/{user_id}', { params, parseAs: 'text' }))}
      onClose={onClose}
    />
  );
}
