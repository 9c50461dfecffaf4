// Signs in, uploads a photo so that it survives a broken line, waits until it is processed and finds it by words.
//
//     TINTYPE_USER=ada TINTYPE_PASSWORD=... npm start -- 127.0.0.1:7460 barn.jpg red barn
//     TINTYPE_API_KEY=tt_... npm start -- 127.0.0.1:7460 barn.jpg red barn

import { setTimeout as pause } from "node:timers/promises";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Client, createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import type { Http2SessionManager } from "@connectrpc/connect-node";

import { explain, isUnavailable, open, over } from "./connection.js";
import {
  EventService,
  LibraryEventKind,
  type WatchEventsRequestSchema,
  type WatchEventsResponse,
} from "./gen/tintype/v1/event_service_pb.js";
import { PhotoState } from "./gen/tintype/v1/photo_pb.js";
import { type SearchHit, SearchService } from "./gen/tintype/v1/search_service_pb.js";
import { UploadService } from "./gen/tintype/v1/upload_service_pb.js";
import { apiKey, Session } from "./session.js";
import { uploadFile } from "./upload.js";

type Events = Client<typeof EventService>;

const WAIT_MS = 90_000; // for the processing, and for the index

async function run(connection: Http2SessionManager, file: string, words: string): Promise<void> {
  const library = over(connection, await credentialFromEnvironment(connection));
  const events = createClient(EventService, library);
  const cursor = await currentCursor(events); // before the upload, so that no event of it is missed
  const photo = await uploadFile(createClient(UploadService, library), file);
  console.log("uploaded", photo.photoId);
  if (photo.state === PhotoState.PROCESSING) {
    await waitUntilReady(events, cursor, photo.photoId);
  }
  console.log("ready", photo.photoId);
  const hit = await find(library, words, photo.photoId);
  console.log(`found ${hit.photo?.photoId} ${hit.photo?.fileName} (relevance ${hit.relevance.toFixed(2)})`);
}

/** Takes an API key, or signs in. */
async function credentialFromEnvironment(connection: Http2SessionManager): Promise<Interceptor> {
  const { TINTYPE_API_KEY: key, TINTYPE_USER: user = "", TINTYPE_PASSWORD: password = "" } = process.env;
  if (key) {
    return apiKey(key);
  }
  const session = await Session.signIn(over(connection), user, password);
  console.log("signed in as", session.userName);
  await session.refresh(); // the session does so when it is time; here once, to show it
  return session.interceptor;
}

/** Asks where the stream of events is now: the first message says it, and holds no event. */
async function currentCursor(events: Events): Promise<string> {
  for await (const message of watch(events, {}, 10_000)) {
    return message.cursor;
  }
  throw new Error("the stream of events ended before it began");
}

/** Watches from the cursor on; a stream that breaks is taken up behind the last event that was seen. */
async function waitUntilReady(events: Events, cursor: string, photoId: string): Promise<void> {
  for (const until = Date.now() + WAIT_MS; Date.now() < until; await pause(1000)) {
    try {
      const request = { cursor, kinds: [LibraryEventKind.PHOTO_READY] };
      for await (const message of watch(events, request, until - Date.now())) {
        cursor = message.cursor;
        if (message.event?.photoId === photoId) {
          return; // a keep-alive has no event
        }
      }
    } catch (error) {
      if (!isUnavailable(error)) {
        throw error;
      }
    }
  }
  throw new Error(`photo ${photoId} is still being processed`);
}

/** The events of a request; who leaves the loop over them ends the stream, which Connect alone does not do. */
async function* watch(
  events: Events,
  request: MessageInitShape<typeof WatchEventsRequestSchema>,
  waitMs: number,
): AsyncGenerator<WatchEventsResponse> {
  const left = new AbortController();
  const signal = AbortSignal.any([left.signal, AbortSignal.timeout(waitMs)]);
  try {
    yield* events.watchEvents(request, { timeoutMs: 0, signal }); // 0: not the deadline of other calls
  } finally {
    left.abort();
  }
}

/** Searches until the photo is among the hits: it is READY a moment before the index has it. */
async function find(library: Transport, words: string, photoId: string): Promise<SearchHit> {
  const search = createClient(SearchService, library);
  for (const until = Date.now() + WAIT_MS; Date.now() < until; await pause(250)) {
    const { hits } = await search.searchPhotos({ words, pageSize: 10 });
    const hit = hits.find(({ photo }) => photo?.photoId === photoId);
    if (hit) {
      return hit;
    }
  }
  throw new Error(`"${words}" does not find photo ${photoId}`);
}

const [address, file, ...words] = process.argv.slice(2);
if (!address || !file || words.length === 0) {
  console.error("usage: npm start -- ADDRESS FILE WORDS...");
  process.exit(2);
}
const connection = open(address);
try {
  await run(connection, file, words.join(" "));
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
} finally {
  connection.abort();
}
