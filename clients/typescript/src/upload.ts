import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import crc32c from "crc-32/crc32c.js";

import { isUnavailable, reasonOf } from "./connection.js";
import type { Photo } from "./gen/tintype/v1/photo_pb.js";
import type { AppendUploadRequestSchema, UploadService } from "./gen/tintype/v1/upload_service_pb.js";

const CHUNK_BYTES = 32 * 1024; // up to 1 MiB; small here, so that a small picture has several
const TRIES = 8;

type Uploads = Client<typeof UploadService>;
type Request = MessageInitShape<typeof AppendUploadRequestSchema>;

/** Sends a file and goes on where it was when the line breaks; it breaks it once itself, to show that. */
export async function uploadFile(uploads: Uploads, file: string): Promise<Photo> {
  const data = await readFile(file);
  const fileName = basename(file);
  const sha256 = digestOf(data);
  const { upload } = await uploads.createUpload({
    header: { fileName, sizeBytes: BigInt(data.length), sha256 },
    requestId: digestOf(fileName + sha256), // so that another run of this program meets the upload that this one began
  });
  if (!upload) {
    throw new Error("the server answered without an upload");
  }
  if (!upload.photoId) {
    await appendAll(uploads, upload.uploadId, data);
  }
  const { photo } = await uploads.completeUpload({ uploadId: upload.uploadId, sha256 });
  if (!photo) {
    throw new Error("the server answered without a photo");
  }
  return photo;
}

function digestOf(data: Buffer | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Asks for the durable offset and sends what follows on it, until all is there. */
async function appendAll(uploads: Uploads, uploadId: string, data: Buffer): Promise<void> {
  for (let tried = 0; ; tried++) {
    const offset = await durableOffset(uploads, uploadId);
    if (tried > 0) {
      console.log(`going on at byte ${offset} of ${data.length}`);
    }
    const line = new AbortController();
    const requests = tried === 0 ? breakingOff(uploads, uploadId, data, offset, line) : chunks(uploadId, data, offset);
    try {
      await uploads.appendUpload(requests, { signal: line.signal });
      return;
    } catch (error) {
      if (tried === TRIES || !(line.signal.aborted || goesOn(error))) {
        throw error;
      }
    }
    await pause(250);
  }
}

/** Whether asking for the durable offset and sending the rest can help. */
function goesOn(error: unknown): boolean {
  // UPLOAD_BUSY: the broken stream is not yet gone.
  return isUnavailable(error) || ["OFFSET_MISMATCH", "CHUNK_CORRUPT", "UPLOAD_BUSY"].includes(reasonOf(error));
}

async function durableOffset(uploads: Uploads, uploadId: string): Promise<number> {
  const { upload } = await uploads.getUpload({ uploadId });
  return Number(upload?.durableOffset ?? 0n);
}

/** The bytes of a file from an offset on; the first message names the upload. */
async function* chunks(uploadId: string, data: Buffer, offset: number): AsyncGenerator<Request> {
  for (let name = uploadId; offset < data.length; name = "") {
    const chunk = data.subarray(offset, offset + CHUNK_BYTES);
    yield { uploadId: name, chunk: { offset: BigInt(offset), data: chunk, crc32c: crc32c.buf(chunk) >>> 0 } };
    offset += chunk.length;
  }
}

/** The half of them; once some are safe, the stream is dropped as if the line broke. */
async function* breakingOff(
  uploads: Uploads,
  uploadId: string,
  data: Buffer,
  offset: number,
  line: AbortController,
): AsyncGenerator<Request> {
  yield* chunks(uploadId, data.subarray(0, (offset + data.length) / 2), offset);
  for (let looked = 0; looked < 50 && (await durableOffset(uploads, uploadId)) === offset; looked++) {
    await pause(20);
  }
  line.abort();
}
