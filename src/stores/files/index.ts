/** Payloads in files beside the database: the front door. */
export { createFilePayloadStore, type FilePayloadStoreOptions } from './file-payload-store.ts';
