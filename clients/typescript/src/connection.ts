import { setTimeout as pause } from "node:timers/promises";
import { Code, ConnectError, type Interceptor, type Transport } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";

import { ErrorInfoSchema } from "./gen/google/rpc/error_details_pb.js";

const DEADLINE_MS = 30_000;
const TRIES = 4;
const FIRST_PAUSE_MS = 100; // doubled at each try

/** One HTTP/2 connection to a server: by TLS, unless the server is on this machine. Its abort() closes it. */
export function open(address: string): Http2SessionManager {
  return new Http2SessionManager(`${isLocal(address) ? "http" : "https"}://${address}`);
}

/** A way to call over the connection; the calls carry the credential, if there is one. */
export function over(connection: Http2SessionManager, credential?: Interceptor): Transport {
  return createGrpcTransport({
    baseUrl: connection.authority,
    sessionManager: connection,
    defaultTimeoutMs: DEADLINE_MS,
    interceptors: credential ? [retry, credential] : [],
  });
}

/** Whether nothing that is sent leaves this machine, so that it may be plain text. */
function isLocal(address: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]):\d+$/.test(address);
}

/**
 * Tries again what was UNAVAILABLE, the one answer that is safe to repeat: creating calls carry a request id.
 * Streams are not repeated blindly: who sends one goes on from the durable offset, who reads one from its cursor.
 */
const retry: Interceptor = (next) => async (request) => {
  for (let tried = 1; ; tried++) {
    try {
      return await next(request);
    } catch (error) {
      if (request.stream || tried === TRIES || !isUnavailable(error)) {
        throw error;
      }
    }
    await pause(FIRST_PAUSE_MS * 2 ** (tried - 1) * (0.8 + 0.4 * Math.random()), undefined, { signal: request.signal });
  }
};

export function isUnavailable(error: unknown): boolean {
  return error instanceof ConnectError && error.code === Code.Unavailable;
}

/** The machine-readable cause of a failed call: a value of ErrorReason without its prefix, or nothing. */
export function reasonOf(error: unknown): string {
  const details = error instanceof ConnectError ? error.findDetails(ErrorInfoSchema) : [];
  return details.find(({ domain }) => domain === "tintype")?.reason ?? "";
}

/** What went wrong, with the reason where the server gave one. */
export function explain(error: unknown): string {
  const reason = reasonOf(error);
  return reason ? `${reason}: ${ConnectError.from(error).rawMessage}` : String(error);
}
