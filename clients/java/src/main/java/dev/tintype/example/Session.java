package dev.tintype.example;

import io.grpc.CallCredentials;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import tintype.v1.Account.SessionTokens;
import tintype.v1.AccountsServiceGrpc;
import tintype.v1.AccountsServiceGrpc.AccountsServiceBlockingV2Stub;
import tintype.v1.AccountsServiceOuterClass.RefreshSessionRequest;
import tintype.v1.AccountsServiceOuterClass.SignInRequest;

/** Signs calls with an access token, which lives 15 minutes and is renewed before it ends. */
final class Session extends CallCredentials {
  private static final Metadata.Key<String> HEADER = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Duration EARLY = Duration.ofMinutes(1); // so that no token ends on its way

  private final AccountsServiceBlockingV2Stub accounts; // carries no credential
  private final String userName;
  private SessionTokens tokens;

  private Session(AccountsServiceBlockingV2Stub accounts, String userName, SessionTokens tokens) {
    this.accounts = accounts;
    this.userName = userName;
    this.tokens = tokens;
  }

  static Session signIn(Channel channel, String userName, String password) throws StatusException {
    var accounts = AccountsServiceGrpc.newBlockingV2Stub(channel);
    var request = SignInRequest.newBuilder().setUserName(userName).setPassword(password).setClient("example in Java");
    var answer = accounts.signIn(request.build());
    return new Session(accounts, answer.getUser().getUserName(), answer.getTokens());
  }

  String userName() {
    return userName;
  }

  /** Renews the tokens; one call at a time, for a refresh token works once, and using it twice ends the session. */
  synchronized void refresh() throws StatusException {
    var request = RefreshSessionRequest.newBuilder().setRefreshToken(tokens.getRefreshToken()).build();
    tokens = accounts.refreshSession(request).getTokens();
  }

  @Override
  public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
    executor.execute( // refreshing blocks
        () -> {
          try {
            Metadata headers = new Metadata();
            headers.put(HEADER, "Bearer " + accessToken());
            applier.apply(headers);
          } catch (StatusException error) {
            applier.fail(error.getStatus());
          } catch (RuntimeException error) { // a call that is never answered would wait for its deadline
            applier.fail(Status.UNAUTHENTICATED.withCause(error));
          }
        });
  }

  private synchronized String accessToken() throws StatusException {
    Instant end = Instant.ofEpochSecond(tokens.getAccessExpireTime().getSeconds());
    if (end.minus(EARLY).isBefore(Instant.now())) {
      refresh();
    }
    return tokens.getAccessToken();
  }
}
