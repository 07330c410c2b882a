import { createContext, use } from 'react';
import { useEngine } from '../../engine/context';
import type { ToolsCommands } from '../../engine/engine';

/** Where files come from: out of a call, or from what is kept of one. */
export interface FileSource extends Pick<ToolsCommands, 'filePicture' | 'download' | 'openFile'> {
  cancelDownload?: ToolsCommands['cancelDownload'];
}

/** For files that are of no call. */
export const FilesElsewhere = createContext<FileSource | undefined>(undefined);

/** What can be done with the files around here; nothing where the back end has none. */
export function useFileSource(): FileSource | undefined {
  const { tools } = useEngine();
  return use(FilesElsewhere) ?? tools;
}
