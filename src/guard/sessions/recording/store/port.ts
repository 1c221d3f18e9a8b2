/** Where the files of recordings are: a folder, or a bucket. A recording's files are its manifest and its chunks. */
export interface RecordingStore {
  /** As a person reads it. */
  readonly place: string;
  /**
   * Prepares to write one recording. `lost` is called where the store has lost what it had taken: nothing makes up for
   * that. Throws where it takes nothing.
   */
  write(sessionId: string, lost: (error: unknown) => void): Promise<WritingFiles>;
  /** The bytes of a file, undefined where there is none. Throws where that cannot be told. */
  read(sessionId: string, name: string): Promise<Buffer | undefined>;
  /** Names of the files of a recording; none where there is no such recording. */
  names(sessionId: string): Promise<readonly string[]>;
  /** Takes all files of a recording away, the manifest with the key first; of one that is not there, nothing. */
  remove(sessionId: string): Promise<void>;
}

/** The files of one recording as it is written. */
export interface WritingFiles {
  /** The file is there, whole under its name, when this returns. After a failure it may be tried again with the same bytes. */
  write(name: string, data: Buffer): Promise<void>;
  /** True while so much is written and not safe yet that the writer should wait for `settle`. */
  readonly behind: boolean;
  /** Since when the store is busy making one of them safe, as `performance.now` counts; undefined: it is not. */
  readonly settlingSince: number | undefined;
  /** What was written outlives a power cut when this returns. Throws where it does not. */
  settle(): Promise<void>;
  /** Nothing more is written. What the disk does not take is nobody's to hear any more. */
  close(): Promise<void>;
}
