import { Folder, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { IconButton } from '../../components/IconButton';
import { sizeWords } from '../files/sizes';
import { told, type Upload } from './api';
import { useConsole } from './context';
import { Narrowed, PagedList, usePaged } from './PagedList';
import { DeleteQuestion, Head, Name, useOpened, useTimes } from './parts';
import styles from './parts.module.css';

/** What is told of a file that is to be deleted. */
type Named = Pick<Upload, 'room_id' | 'file_id' | 'name'>;

/** What was shared in any room, the newest first. */
export function Files() {
  const { t } = useTranslation();
  const { api, openSession } = useConsole();
  const { moment, locale } = useTimes();
  const { opened, open, close } = useOpened<Named>();
  const list = usePaged((query) => told(api.GET('/v2/uploads', { params: { query } })));
  return (
    <main className={styles.main}>
      <Head title={t('console.files')} />
      <Narrowed list={list} label={t('console.searchFiles')} />
      <PagedList
        list={list}
        name="files"
        label={t('console.files')}
        icon={Folder}
        none={t('console.noFiles')}
        noneText={t('console.noFilesText')}
        items={({ uploads }) => uploads}
        idOf={({ file_id }) => file_id}
        nameOf={({ name }) => name}
        columns={[
          {
            id: 'name',
            label: t('console.file'),
            names: true,
            wide: true,
            cell: (file) => (
              <Name more={`${t(`console.purpose_${file.purpose}`)} · ${file.room_title ?? file.room_id}`}>
                {file.name}
              </Name>
            ),
          },
          { id: 'size', label: t('console.size'), cell: ({ size }) => sizeWords(size, locale) },
          { id: 'at', label: t('console.shared'), cell: ({ created_at }) => moment(created_at) },
          {
            id: 'more',
            label: t('console.actions'),
            quiet: true,
            cell: (file) => (
              <span className={styles.rowWays}>
                {openSession && (
                  <Button
                    size="dense"
                    kind="quiet"
                    aria-label={t('console.sessionOf', { name: file.name })}
                    onPress={() => openSession(file.room_id, file.session_id)}
                    data-testid="open-session"
                  >
                    {t('console.session')}
                  </Button>
                )}
                <IconButton
                  icon={Trash2}
                  label={t('past.deleteName', { name: file.name })}
                  onPress={() => open(file)}
                  data-testid="delete-file"
                />
              </span>
            ),
          },
        ]}
      />
      {opened && <DeleteFile file={opened} onClose={close} />}
    </main>
  );
}

function DeleteFile({ file, onClose }: { file: Named; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useConsole();
  const params = { path: { room_id: file.room_id, file_id: file.file_id } };
  return (
    <DeleteQuestion
      title={t('console.deleteSure', { name: file.name })}
      text={t('console.deleteFileText')}
      onDelete={() => told(api.DELETE('/v2/rooms/{room_id}/uploads/{file_id}', { params, parseAs: 'text' }))}
      onClose={onClose}
    />
  );
}
