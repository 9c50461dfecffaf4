import { type Client, createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { timestampMs } from "@bufbuild/protobuf/wkt";

import type { SessionTokens } from "./gen/tintype/v1/account_pb.js";
import { AccountsService } from "./gen/tintype/v1/accounts_service_pb.js";

const EARLY_MS = 60_000; // a token is renewed so long before it ends, so that none ends on its way

/** Signs calls with a key that the user made for this program. */
export function apiKey(key: string): Interceptor {
  return (next) => (request) => {
    request.header.set("x-api-key", key);
    return next(request);
  };
}

/** Signs calls with an access token, which lives 15 minutes and is renewed before it ends. */
export class Session {
  #refreshing: Promise<void> | undefined;

  private constructor(
    readonly userName: string,
    private readonly accounts: Client<typeof AccountsService>,
    private tokens: SessionTokens,
  ) {}

  /** Begins a session; `door` carries no credential, and is kept for refreshing. */
  static async signIn(door: Transport, userName: string, password: string): Promise<Session> {
    const accounts = createClient(AccountsService, door);
    const { user, tokens } = await accounts.signIn({ userName, password, client: "example in TypeScript" });
    if (!user || !tokens) {
      throw new Error("the server answered without a session");
    }
    return new Session(user.userName, accounts, tokens);
  }

  readonly interceptor: Interceptor = (next) => async (request) => {
    const { accessExpireTime } = this.tokens;
    if (!accessExpireTime || timestampMs(accessExpireTime) - EARLY_MS < Date.now()) {
      await this.refresh();
    }
    request.header.set("authorization", `Bearer ${this.tokens.accessToken}`);
    return next(request);
  };

  /** Renews the tokens, once for all who wait: a refresh token works once, and using it twice ends the session. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#renew().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #renew(): Promise<void> {
    const { tokens } = await this.accounts.refreshSession({ refreshToken: this.tokens.refreshToken });
    this.tokens = tokens ?? this.tokens;
  }
}
