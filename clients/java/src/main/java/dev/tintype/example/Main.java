package dev.tintype.example;

import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tintype.v1.EventServiceGrpc;
import tintype.v1.EventServiceGrpc.EventServiceBlockingV2Stub;
import tintype.v1.EventServiceOuterClass.LibraryEventKind;
import tintype.v1.EventServiceOuterClass.WatchEventsRequest;
import tintype.v1.EventServiceOuterClass.WatchEventsResponse;
import tintype.v1.PhotoOuterClass.Photo;
import tintype.v1.PhotoOuterClass.PhotoState;
import tintype.v1.SearchServiceGrpc;
import tintype.v1.SearchServiceGrpc.SearchServiceBlockingV2Stub;
import tintype.v1.SearchServiceOuterClass.SearchHit;
import tintype.v1.SearchServiceOuterClass.SearchPhotosRequest;

/**
 * Signs in, uploads a photo so that it survives a broken line, waits until it is processed and finds it by words.
 *
 * <p>Its arguments are ADDRESS FILE WORDS...; it takes TINTYPE_API_KEY, or TINTYPE_USER and TINTYPE_PASSWORD.
 */
public final class Main {
  private static final Duration WAIT = Duration.ofSeconds(90); // for the processing, and for the index

  public static void main(String[] arguments) throws InterruptedException {
    if (arguments.length < 3) {
      System.err.println("usage: Main ADDRESS FILE WORDS...");
      System.exit(2);
    }
    Path file = Path.of(arguments[1]);
    String words = String.join(" ", Arrays.copyOfRange(arguments, 2, arguments.length));
    ManagedChannel channel = Connection.open(arguments[0]);
    int exitCode = 0;
    try {
      run(channel, file, words);
    } catch (StatusException | IOException | TimeoutException error) {
      System.err.println(Connection.explain(error));
      exitCode = 1;
    }
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    System.exit(exitCode);
  }

  private static void run(ManagedChannel channel, Path file, String words)
      throws StatusException, IOException, InterruptedException, TimeoutException {
    CallCredentials credential = credentialFromEnvironment(channel);
    var events = EventServiceGrpc.newBlockingV2Stub(channel).withCallCredentials(credential);
    String cursor = currentCursor(events); // before the upload, so that no event of it is missed
    Photo photo = new Uploads(channel, credential).upload(file);
    System.out.println("uploaded " + photo.getPhotoId());
    if (photo.getState() == PhotoState.PHOTO_STATE_PROCESSING) {
      waitUntilReady(events, cursor, photo.getPhotoId());
    }
    System.out.println("ready " + photo.getPhotoId());
    var search = SearchServiceGrpc.newBlockingV2Stub(channel).withCallCredentials(credential);
    SearchHit hit = find(search, words, photo.getPhotoId());
    Photo found = hit.getPhoto();
    System.out.printf("found %s %s (relevance %.2f)%n", found.getPhotoId(), found.getFileName(), hit.getRelevance());
  }

  /** Takes an API key, or signs in. */
  private static CallCredentials credentialFromEnvironment(ManagedChannel channel) throws StatusException {
    String key = System.getenv().getOrDefault("TINTYPE_API_KEY", "");
    if (!key.isEmpty()) {
      return new ApiKey(key);
    }
    String user = System.getenv().getOrDefault("TINTYPE_USER", "");
    Session session = Session.signIn(channel, user, System.getenv().getOrDefault("TINTYPE_PASSWORD", ""));
    System.out.println("signed in as " + session.userName());
    session.refresh(); // the session does so when it is time; here once, to show it
    return session;
  }

  /** Asks where the stream of events is now: the first message says it, and holds no event. */
  private static String currentCursor(EventServiceBlockingV2Stub events)
      throws StatusException, InterruptedException, TimeoutException {
    var stream = events.watchEvents(WatchEventsRequest.getDefaultInstance());
    try {
      return stream.read(10, TimeUnit.SECONDS).getCursor();
    } finally {
      stream.cancel("it said where it is", null);
    }
  }

  /** Watches from the cursor on; a stream that breaks is taken up behind the last event that was seen. */
  private static void waitUntilReady(EventServiceBlockingV2Stub events, String cursor, String photoId)
      throws StatusException, InterruptedException {
    var request = WatchEventsRequest.newBuilder().addKinds(LibraryEventKind.LIBRARY_EVENT_KIND_PHOTO_READY);
    var limited = events.withDeadlineAfter(WAIT.toSeconds(), TimeUnit.SECONDS);
    while (true) {
      var stream = limited.watchEvents(request.setCursor(cursor).build());
      try {
        for (WatchEventsResponse message; (message = stream.read()) != null; cursor = message.getCursor()) {
          if (message.getEvent().getPhotoId().equals(photoId)) { // a keep-alive has no event
            return;
          }
        }
      } catch (StatusException error) {
        if (!Connection.isUnavailable(error)) {
          throw error;
        }
      } finally {
        stream.cancel("it is ready, or watched anew", null);
      }
      Thread.sleep(1000);
    }
  }

  /** Searches until the photo is among the hits: it is READY a moment before the index has it. */
  private static SearchHit find(SearchServiceBlockingV2Stub search, String words, String photoId)
      throws StatusException, InterruptedException {
    var request = SearchPhotosRequest.newBuilder().setWords(words).setPageSize(10).build();
    for (Instant until = Instant.now().plus(WAIT); Instant.now().isBefore(until); Thread.sleep(250)) {
      for (SearchHit hit : search.searchPhotos(request).getHitsList()) {
        if (hit.getPhoto().getPhotoId().equals(photoId)) {
          return hit;
        }
      }
    }
    throw Status.NOT_FOUND.withDescription("\"" + words + "\" does not find photo " + photoId).asException();
  }
}
