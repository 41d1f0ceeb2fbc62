/** What an export reads of a topic, a page at a time. */

/** Which events to read; all conditions given must hold. */
export interface ArchiveQuery {
  /** Default 0. */
  readonly partition?: number;
  /** An offset, `oldest`, `tip`, or an instant in RFC 3339. Default `oldest`. */
  readonly from?: string;
  /** The same, exclusive. Default: the end as it is now. */
  readonly to?: string;
  /** Default: all. */
  readonly types?: readonly string[];
  /** Default: all. */
  readonly keys?: readonly string[];
  /** How many at most, up to 1,000; with 0 only the bounds are told. Default 1,000. */
  readonly limit?: number;
}

/** Lines of one partition in order. A page may be empty before the end: then nothing was wanted of what was looked at. */
export interface ArchivePage {
  /** Each a CloudEvent in JSON. */
  readonly lines: readonly string[];
  /** Where to read on. */
  readonly next: number;
  /** Where the range ends. */
  readonly end: number;
  /** Records that cannot be understood: their offsets and why. They are in no archive. */
  readonly unreadable: readonly { readonly offset: number; readonly reason: string }[];
}
