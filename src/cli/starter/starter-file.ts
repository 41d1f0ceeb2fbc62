/** A file of a starter project. */
export interface StarterFile {
  /** Below the project's directory. */
  readonly path: string;
  readonly content: string;
}
