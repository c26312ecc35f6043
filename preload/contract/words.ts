// The words that several areas of the contract share.

import { z } from 'zod';

export const id = z.string().min(1).max(64);
export const stepNumber = z.number().int().nonnegative();
export const bytes = z.number().nonnegative();
export const nothing = z.strictObject({});

/** Names one long piece of work, so that its progress is heard and `operations.cancel` can end it. */
export const operationId = id.optional();

/** A model or a dataset of the Hugging Face Hub, and what it is to be called here. */
export const hubInput = z.strictObject({
  /** `owner/name`, with `@revision` where one is meant, or the address of its page. */
  hub: z.string().min(1).max(300),
  name: z.string().min(1).max(200).optional(),
  operationId,
});

/**
 * A file or folder that comes in or goes out: a path of this machine, or a ticket (`ticket:…`) that main gave
 * for a file the user chose, dropped or uploaded. Pages may only name tickets; their transports refuse paths.
 */
export const place = z.string().min(1).max(4_096);

export const failureSchema = z.strictObject({ code: z.string(), message: z.string(), hint: z.string() });
export type Failure = z.infer<typeof failureSchema>;

/** What a page knows of a file or folder it may name. */
export const ticketSchema = z.strictObject({
  ticket: z.string().min(1).max(200),
  name: z.string(),
  sizeBytes: bytes,
  isFolder: z.boolean(),
});
export type Ticket = z.infer<typeof ticketSchema>;

/** Files that a call wrote. */
export const writtenSchema = z.strictObject({
  path: z.string(),
  files: z.array(z.string()),
  sizeBytes: bytes,
  /** Names the result for `/download/<id>.zip` of the browser host and for "show in folder" of the desktop. */
  downloadId: id,
});
export type Written = z.infer<typeof writtenSchema>;
